"""What every page of the portal carries, and what a public page never does."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal.foundation.web import is_private

#: Asked by machines that want the state of this moment.
OF_THE_MOMENT = {"/healthz", "/readyz", "/metrics"}
CSP = (
    "default-src 'self'; base-uri 'none'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "img-src 'self' data:; object-src 'none'; script-src 'self'; style-src 'self'"
)
PROTECTION = {
    "Content-Security-Policy": CSP,
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
}


def public_addresses(app: Flask) -> list[str]:
    """Every public page that needs nothing but a language, in each of the three."""
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.arguments - {"lang"}:
            continue
        languages = ("zh", "bo", "en") if "lang" in rule.arguments else (None,)
        for language in languages:
            with app.test_request_context():
                built = rule.build({"lang": language} if language else {})
            assert built is not None
            if not is_private(built[1]) and built[1] not in OF_THE_MOMENT:
                found.append(built[1])
    return sorted(found)


def faults_of(answer: TestResponse) -> list[str]:
    """What of an answer would keep it from being cached and mirrored, or tell visitors apart."""
    caching = answer.headers.get("Cache-Control", "")
    found = {
        f"status {answer.status_code}": answer.status_code not in {200, 302},
        "sets a cookie": "Set-Cookie" in answer.headers,
        "varies by cookie": "cookie" in answer.headers.get("Vary", "").lower(),
        f"caching: {caching}": answer.status_code == 200 and not caching.startswith("public"),
    }
    return [fault for fault, holds in found.items() if holds]


@pytest.mark.parametrize("address", ["/zh/", "/bo/", "/desk/login", "/zh/no-such-page", "/static/css/portal.css"])
def test_every_answer_carries_exactly_the_protecting_headers(sqlite_app: Flask, address: str) -> None:
    with sqlite_app.test_client().get(address) as answer:
        assert {name: answer.headers.get(name) for name in PROTECTION} == PROTECTION
        assert "Server" not in answer.headers
        assert "X-Powered-By" not in answer.headers


def test_there_are_public_pages_in_each_language(sqlite_app: Flask) -> None:
    addresses = public_addresses(sqlite_app)
    for language in ("zh", "bo", "en"):
        assert f"/{language}/" in addresses
        assert f"/{language}/search" in addresses


def test_a_public_page_knows_nobody(sqlite_app: Flask) -> None:
    """No cookie comes, none is asked for, and every cache may keep the page."""
    browser, faults = sqlite_app.test_client(), []
    for address in public_addresses(sqlite_app):
        with browser.get(address) as answer:
            faults += [(address, fault) for fault in faults_of(answer)]
    assert faults == []


def test_a_public_page_is_the_same_for_somebody_with_a_session(sqlite_app: Flask) -> None:
    browser = sqlite_app.test_client()
    plain = browser.get("/zh/")
    browser.set_cookie("portal", "anything")
    assert browser.get("/zh/").data == plain.data


def test_a_public_page_that_did_not_change_is_not_sent_again(sqlite_app: Flask) -> None:
    browser = sqlite_app.test_client()
    tag = browser.get("/zh/").headers["ETag"]
    answer = browser.get("/zh/", headers={"If-None-Match": tag})
    assert answer.status_code == 304
    assert answer.data == b""


@pytest.mark.parametrize("address", ["/desk/login", "/zh/complaints/new", "/zh/complaints/status"])
def test_a_private_page_is_kept_by_nobody(sqlite_app: Flask, address: str) -> None:
    assert sqlite_app.test_client().get(address).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("language", "html"), [("zh", "zh-Hans-CN"), ("bo", "bo-CN"), ("en", "en")])
def test_a_page_says_its_language_and_where_the_others_are(sqlite_app: Flask, language: str, html: str) -> None:
    answer = sqlite_app.test_client().get(f"/{language}/search?q=1")
    assert answer.headers["Content-Language"] == html
    assert f'<html lang="{html}"' in answer.text
    for code, hreflang in (("zh", "zh-Hans"), ("bo", "bo"), ("en", "en")):
        assert f'hreflang="{hreflang}"' in answer.text
        assert f"/{code}/search?q=1" in answer.text


def test_an_unknown_page_answers_in_the_language_of_its_address(sqlite_app: Flask) -> None:
    answer: TestResponse = sqlite_app.test_client().get("/bo/no-such-page")
    assert answer.status_code == 404
    assert '<html lang="bo-CN"' in answer.text


def test_the_address_of_the_portal_leads_to_a_language(sqlite_app: Flask) -> None:
    answer = sqlite_app.test_client().get("/", headers={"Accept-Language": "bo"})
    assert (answer.status_code, answer.location) == (302, "/bo/")


def test_the_front_end_files_that_pages_name_are_there(sqlite_app: Flask) -> None:
    folder = Path(sqlite_app.static_folder or "")
    for name in ("css/tokens.css", "css/portal.css", "js/portal.js", "img/mark.svg"):
        assert (folder / name).is_file()
