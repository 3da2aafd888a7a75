"""Login: only a session says who somebody is, it ends, and guessing is slowed however it is sent."""

from __future__ import annotations

import pytest

from tests.conftest import PASSWORD, make_app


def test_no_cookie_outlasts_the_session(app, people):
    browser = app.test_client()
    browser.post("/desk/login", data={"email": people.auditor.email, "password": PASSWORD, "remember": "y"})
    assert browser.get("/desk/audit/").status_code == 200
    assert browser.get_cookie("remember_token") is None


def test_a_token_opens_nothing(app, people):
    browser = app.test_client()
    answer = browser.post("/desk/login?include_auth_token", json={"email": people.auditor.email, "password": PASSWORD})
    token = answer.json["response"]["user"].get("authentication_token") or people.auditor.get_auth_token()
    stranger = app.test_client()
    assert stranger.get("/desk/audit/", headers={"Authentication-Token": token}).status_code == 302
    assert stranger.get("/desk/audit/", query_string={"auth_token": token}).status_code == 302


def test_the_password_can_be_changed(app, people):
    browser = app.test_client()
    browser.post("/desk/login", data={"email": people.auditor.email, "password": PASSWORD})
    assert browser.get("/desk/password").status_code == 200
    assert browser.get("/desk/password", headers={"Authentication-Token": "x"}).status_code == 200


@pytest.fixture(scope="module")
def slowed_app(tmp_path_factory):
    """An application that counts attempts."""
    return make_app(tmp_path_factory.mktemp("slowed"), rate_limits=True)


@pytest.mark.parametrize("way", ["data", "json"])
def test_guessing_at_one_account_is_slowed_from_wherever_it_comes(slowed_app, way):
    statuses = [
        slowed_app.test_client()
        .post(
            "/desk/login",
            **{way: {"email": f"{'A' if guess % 2 else 'a'}@{way}.test", "password": "a wrong password"}},
            environ_base={"REMOTE_ADDR": f"192.0.2.{guess}"},
        )
        .status_code
        for guess in range(9)
    ]
    assert set(statuses[:8]) <= {200, 400}
    assert statuses[8] == 429


@pytest.mark.parametrize("next_page", ["//evil.test", "https://evil.test", "/\\evil.test", "javascript:alert(1)"])
def test_a_login_leads_nowhere_else(app, people, next_page):
    browser = app.test_client()
    answer = browser.post("/desk/login", data={"email": people.auditor.email, "password": PASSWORD, "next": next_page})
    place = answer.headers.get("Location", "/")
    assert place.startswith("/")
    assert not place.startswith(("//", "/\\"))
