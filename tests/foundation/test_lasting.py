"""Static files are kept for ever, and fetched anew when they change."""

from __future__ import annotations

import re

from flask import url_for


def test_every_style_sheet_and_script_of_a_page_has_its_digest_and_is_kept_for_ever(client):
    page = client.get("/zh/").text
    addresses = re.findall(r'(?:href|src)="(/[^"]*static/[^"]+\.(?:css|js|svg)[^"]*)"', page)
    assert len(addresses) >= 4
    for address in addresses:
        assert re.search(r"\?v=[0-9a-f]{12}$", address), address
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Set-Cookie" not in answer.headers


def test_the_address_changes_with_the_content(sqlite_app, tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite_app, "static_folder", str(tmp_path))
    (tmp_path / "a.css").write_text("a {}")
    with sqlite_app.test_request_context():
        before = url_for("static", filename="a.css")
        (tmp_path / "a.css").write_text("a { color: red }")
        assert url_for("static", filename="a.css") != before


def test_what_has_no_digest_is_asked_for_again_soon(client):
    assert client.get("/static/css/tokens.css").headers["Cache-Control"] == "public, max-age=300"


def test_a_missing_file_has_an_address_all_the_same(sqlite_app):
    with sqlite_app.test_request_context():
        assert url_for("static", filename="no/such.css") == "/static/no/such.css"
