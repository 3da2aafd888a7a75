"""Pages come light: what a page loads travels compressed, and what is streamed stays a stream."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

MOST_BYTES = 60 * 1024


@pytest.mark.parametrize("lang", ["zh", "bo"])
def test_the_first_page_without_the_font_is_light(client: FlaskClient, lang: str) -> None:
    client.environ_base["HTTP_ACCEPT_ENCODING"] = "gzip"
    page = client.get(f"/{lang}/")
    plain = client.get(f"/{lang}/", headers={"Accept-Encoding": "identity"}).text
    own = set(re.findall(r'<(?:link|script|img)[^>]*(?:href|src)="(/[^"]+\.(?:css|js|svg)(?:\?[^"]*)?)"', plain))
    assert any("portal.css" in address for address in own)
    answers = [client.get(address) for address in own]
    assert all(answer.status_code == 200 for answer in answers)
    assert len(page.data) + sum(len(answer.data) for answer in answers) <= MOST_BYTES


def test_a_compressed_sheet_is_not_sent_twice(client: FlaskClient) -> None:
    first = client.get("/static/css/portal.css", headers={"Accept-Encoding": "gzip"})
    assert first.headers["Content-Encoding"] == "gzip"
    again = client.get(
        "/static/css/portal.css", headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")
