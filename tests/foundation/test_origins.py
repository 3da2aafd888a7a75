"""Another site's page puts nothing into anybody's session: neither a stranger's draft, nor a stranger's case."""

from __future__ import annotations

import pytest

from portal.complaints.models import Case
from portal.filings.drafts import services
from portal.foundation.languages import Language

FORGED = (
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://elsewhere.example"},
    {"Origin": "null"},
)
OURS = ({}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://localhost"})


@pytest.fixture
def code(sqlite_app) -> str:
    draft = services.start(Case, Language.ZH)
    services.save_step(draft, "what", {})
    return services.resume_code(draft)


@pytest.mark.parametrize("said", FORGED)
def test_no_other_site_puts_a_draft_into_a_browser(sqlite_app, code, said):
    """Whoever knows a draft's code would read what its victim goes on to write in it."""
    browser = sqlite_app.test_client()
    answer = browser.post("/zh/complaints/new/resume", data={"code": code}, headers=said)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers
    assert browser.get("/zh/complaints/new/what").status_code == 404


@pytest.mark.parametrize("said", OURS)
def test_our_own_pages_and_plain_clients_do(sqlite_app, code, said):
    browser = sqlite_app.test_client()
    assert browser.post("/zh/complaints/new/resume", data={"code": code}, headers=said).status_code == 302
    assert browser.get("/zh/complaints/new/what").status_code == 200


@pytest.mark.parametrize(
    "address", ["/zh/complaints/new/whom", "/zh/complaints/status", "/zh/objections/status", "/zh/rectification/"]
)
def test_nor_begins_or_follows_anything_there(sqlite_app, address):
    answer = sqlite_app.test_client().post(address, data={}, headers=FORGED[0])
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_what_has_no_session_is_open_to_all(sqlite_app):
    """Batch verification is asked for by other programs and pages."""
    answer = sqlite_app.test_client().post("/zh/verify/", data={"text": "x"}, headers=FORGED[0])
    assert answer.status_code != 403
