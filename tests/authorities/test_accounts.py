"""Accounts, login, roles: who gets in, and where."""

from __future__ import annotations

import pytest

from portal.authorities import queries, services
from portal.authorities.rules import Permission, Role
from portal.foundation import audit
from portal.foundation.errors import Invalid, NotPermitted


def test_the_nine_authorities_stand_in_official_order(app):
    codes = [authority.code for authority in queries.authorities()]
    assert codes[0] == "department"
    assert codes[-1] == "zangqing"
    assert len(codes) == 9
    assert all(authority.name.zh and authority.name.bo and authority.name.en for authority in queries.authorities())


def test_seeding_twice_changes_nothing(app):
    before = audit.count()
    services.seed_authorities()
    assert audit.count() == before


def test_an_officer_may_act_only_within_their_own_authority(people):
    own, other = people.lhasa_officer.authority_id, people.shigatse_officer.authority_id
    services.require(people.lhasa_officer, Permission.VERIFY, own)
    with pytest.raises(NotPermitted):
        services.require(people.lhasa_officer, Permission.VERIFY, other)


def test_the_department_acts_everywhere_with_its_own_roles(people):
    services.require(people.determiner, Permission.DETERMINE, people.lhasa_officer.authority_id)
    with pytest.raises(NotPermitted):
        services.require(people.determiner, Permission.VERIFY, people.lhasa_officer.authority_id)


def test_a_closed_account_may_do_nothing(people):
    services.change_account(people.auditor, name="x", roles={Role.AUDITOR}, active=False, by=people.administrator)
    with pytest.raises(NotPermitted):
        services.require(people.auditor, Permission.READ_AUDIT)


def test_a_prefecture_account_cannot_have_a_department_role(app, people):
    with pytest.raises(Invalid) as refused:
        services.create_account(
            "x@portal.test", "x", people.lhasa_officer.authority, {Role.DEPARTMENT_DETERMINER}, "long enough password"
        )
    assert "roles" in refused.value.fields


def test_the_last_administrator_cannot_be_closed(people):
    with pytest.raises(services.LastAdministrator):
        services.change_account(
            people.administrator, name="x", roles={Role.AUDITOR}, active=True, by=people.administrator
        )


def test_login_reaches_the_desk_and_a_wrong_password_does_not(people, login, client):
    assert login(people.auditor).get("/desk/").status_code == 200
    answer = client.post("/desk/login", data={"email": people.auditor.email, "password": "wrong password here"})
    assert answer.status_code == 200
    assert client.get("/desk/").status_code == 302


def test_a_login_is_written_into_the_audit_log(people, login):
    login(people.auditor)
    page = login(people.auditor).get("/desk/audit/?action=authorities.account.logged_in")
    assert f"staff:{people.auditor.id}" in page.text


def test_the_desk_follows_the_persons_language(people, login):
    browser = login(people.auditor)
    assert 'lang="zh-Hans-CN"' in browser.get("/desk/").text
    browser.post("/desk/language/bo", data={"next": "/desk/audit/"})
    assert '<html lang="bo-CN">' in browser.get("/desk/").text


def test_the_language_switch_is_no_open_redirect(people, login):
    answer = login(people.auditor).post("/desk/language/bo", data={"next": "//evil.example/desk"})
    assert answer.headers["Location"] == "/desk/"


def test_the_administrator_opens_and_closes_an_account(people, login):
    browser = login(people.administrator)
    answer = browser.post(
        "/desk/accounts/new",
        data={
            "email": "New@portal.test",
            "name": "新人",
            "authority": "ngari",
            "roles": ["prefecture_officer"],
            "password": "a long password",
        },
    )
    assert answer.status_code == 302
    account = queries.person_by_email("new@portal.test")
    assert account is not None
    browser.post(f"/desk/accounts/{account.id}", data={"name": "新人", "roles": ["prefecture_officer"]})
    assert queries.person_by_email("new@portal.test").active is False


def test_public_pages_set_no_cookie(client):
    for address in ("/zh/", "/bo/about", "/en/accessibility"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")
