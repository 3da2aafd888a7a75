"""The pages of a profile: the unit's own, the desk's, and the public one, for everybody who might ask."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image

from portal.authorities.rules import Role
from portal.authorities.services import create_account
from portal.credentials.members.models import UnitMember
from portal.credentials.members.rules import MemberRole
from portal.credentials.profile import queries
from portal.credentials.profile.rules import ProfileState
from portal.foundation.database import db, transaction
from portal.register import queries as register
from tests.conftest import PASSWORD
from tests.samples import list_unit

TEXTS = {"title_zh": "样本：余热回收", "title_bo": "དཔེ་མཚོན། ཚ་དྲོད།", "practices_zh": "样本：雨水收集。"}


@pytest.fixture
def speaks_for(people, monkeypatch, password_hash, login):
    """A browser of somebody who speaks for a unit."""
    monkeypatch.setattr("portal.authorities.services.hash_password", lambda _password: password_hash)

    def browser(unit, email="owner@example.org"):
        with transaction():
            person = create_account(email, "样本代表", unit.authority, {Role.ENTERPRISE}, PASSWORD)
            db.session.add(UnitMember(unit_id=unit.id, person_id=person.id, role=MemberRole.OWNER))
        return login(person)

    return browser


@pytest.fixture
def owner(unit, speaks_for):
    return speaks_for(unit)


def place(unit):
    return f"/my/{unit.public_id}/profile"


def version(page):
    return re.search(r'name="version"[^>]*value="(\d+)"', page).group(1)


def png():
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "green").save(file, "PNG")
    return io.BytesIO(file.getvalue()), "x.png"


def written(owner, unit):
    """A profile with a text, a figure and a picture, all by the forms of the pages."""
    assert owner.post(f"{place(unit)}/start").status_code == 302
    form = owner.get(f"{place(unit)}/texts").text
    assert owner.post(f"{place(unit)}/texts", data={**TEXTS, "version": version(form)}).status_code == 302
    figure = {"measure": "energy", "year": "2024", "value": "1,250.5", "source": "样本台账"}
    assert owner.post(f"{place(unit)}/figures", data=figure).status_code == 302
    picture = {"title_zh": "样本：厂房", "file": png()}
    assert owner.post(f"{place(unit)}/pictures", data=picture).status_code == 302


def submitted(owner, unit):
    written(owner, unit)
    answer = owner.post(f"{place(unit)}/submit", data={"version": version(owner.get(place(unit)).text)})
    assert answer.status_code == 302
    return queries.open_version(unit.id)


@pytest.mark.parametrize("language", ["zh", "bo", "en"])
def test_from_the_first_word_to_the_public_page(owner, unit, people, login, client, language):
    waiting = submitted(owner, unit)
    desk = login(people.lhasa_officer)
    desk.post(f"/desk/language/{language}")
    shown = desk.get(f"/desk/showcase/{waiting.id}").text
    # Whoever reviews sees each language, whatever they read themselves.
    for words in (*TEXTS.values(), "1,250.5", "tce", "样本台账", "样本：厂房"):
        assert words in shown
    assert f'<a href="/desk/showcase/{waiting.id}">' in desk.get("/desk/showcase/").text
    picture = re.search(r'<img src="(/desk/showcase/[^"]+)"', shown).group(1)
    assert desk.get(picture).mimetype == "image/webp"
    answer = desk.post(f"/desk/showcase/{waiting.id}/publish", data={"version": version(shown)})
    assert answer.status_code == 302
    public = client.get(f"/{language}/units/{unit.ref}").text
    for words in ("1,250.5", "样本台账", "showcase/files/"):
        assert words in public
    assert client.get(f"/{language}/showcase/").status_code == 200


def test_what_is_wrong_is_said_beside_its_field_and_the_rest_stays(owner, unit):
    owner.post(f"{place(unit)}/start")
    answer = owner.post(
        f"{place(unit)}/figures", data={"measure": "renewable", "year": "2024", "value": "140", "source": "样本台账"}
    )
    assert answer.status_code == 422
    assert "比例须在0至100之间" in answer.text
    assert 'value="140"' in answer.text
    assert owner.post(f"{place(unit)}/pictures", data={"title_zh": "样本"}).status_code == 422
    assert (
        owner.post(f"{place(unit)}/reports", data={"title_zh": "样本", "year": "2024", "file": png()}).status_code
        == 422
    )
    empty = owner.post(f"{place(unit)}/submit", data={"version": version(owner.get(place(unit)).text)})
    assert empty.status_code == 422
    assert "提交审核前" in empty.text


def test_a_returned_version_shows_its_reason_and_can_be_taken_up_again(owner, unit, people, login):
    waiting = submitted(owner, unit)
    desk = login(people.lhasa_officer)
    form = {"version": version(desk.get(f"/desk/showcase/{waiting.id}").text)}
    bare = desk.post(f"/desk/showcase/{waiting.id}/return", data=form)
    assert bare.status_code == 422
    assert "请说明需要修改的内容" in bare.text
    desk.post(f"/desk/showcase/{waiting.id}/return", data={**form, "reason": "样本：请补充来源。"})
    assert "样本：请补充来源。" in owner.get(place(unit)).text
    assert owner.get(f"{place(unit)}/texts").status_code == 200


def test_a_version_that_waits_is_not_written_in_until_it_is_taken_back(owner, unit):
    submitted(owner, unit)
    assert owner.get(f"{place(unit)}/texts").status_code == 302
    figure = {"measure": "water", "year": "2024", "value": "1", "source": "样本"}
    assert owner.post(f"{place(unit)}/figures", data=figure).status_code == 409
    assert owner.post(f"{place(unit)}/take-back").status_code == 302
    assert owner.post(f"{place(unit)}/figures", data=figure).status_code == 302


def test_what_was_entered_by_mistake_is_taken_away(owner, unit):
    written(owner, unit)
    profile = queries.open_version(unit.id)
    figure, file = profile.figures[0].id, profile.files[0].id
    assert owner.post(f"{place(unit)}/figures/{figure}/drop").status_code == 302
    assert owner.post(f"{place(unit)}/files/{file}/drop").status_code == 302
    assert owner.post(f"{place(unit)}/files/{file}/drop").status_code == 404
    profile = queries.open_version(unit.id)
    assert (profile.figures, profile.files) == ([], [])


def test_nobody_else_comes_into_the_profile_of_a_unit(owner, unit, speaks_for, people, login, client):
    waiting = submitted(owner, unit)
    file = waiting.files[0].id
    list_unit("日喀则示例纸业有限公司", place="日喀则市")
    (other,) = register.find_units("日喀则示例纸业有限公司")
    reading = [place(unit), f"{place(unit)}/texts", f"{place(unit)}/files/{file}"]
    writing = [f"{place(unit)}/{act}" for act in ("start", "submit", "take-back", "figures", "reports", "pictures")]
    writing += [f"{place(unit)}/texts", f"{place(unit)}/files/{file}/drop", f"{place(unit)}/figures/1/drop"]
    strangers = {
        client: {302},
        speaks_for(other, "other@example.org"): {404},
        login(people.lhasa_officer): {403},
        login(people.administrator): {403},
    }
    for browser, refused in strangers.items():
        assert {browser.get(address).status_code for address in reading} <= refused
        assert {browser.post(address).status_code for address in writing} <= refused
    assert queries.open_version(unit.id).state is ProfileState.SUBMITTED


def test_nobody_but_the_authorities_comes_to_the_desk_of_profiles(owner, unit, people, login, client):
    waiting = submitted(owner, unit)
    page = f"/desk/showcase/{waiting.id}"
    reading = ["/desk/showcase/", page, f"{page}/files/{waiting.files[0].id}"]
    acts = [f"{page}/{act}" for act in ("publish", "return", "withdraw")]
    form = {"version": waiting.version, "reason": "样本"}
    for browser, refused in ((client, 302), (owner, 403), (login(people.auditor), 403), (login(people.reviewer), 403)):
        assert {browser.get(address).status_code for address in reading} == {refused}
        assert {browser.post(address, data=form).status_code for address in acts} == {refused}
    away = login(people.shigatse_officer)
    assert {away.get(address).status_code for address in reading[1:]} == {404}
    assert {away.post(address, data=form).status_code for address in acts} == {404}
    assert queries.published_version(unit.id) is None


def test_a_page_that_is_out_of_date_publishes_nothing(owner, unit, people, login):
    waiting = submitted(owner, unit)
    desk = login(people.lhasa_officer)
    answer = desk.post(f"/desk/showcase/{waiting.id}/publish", data={"version": waiting.version - 1})
    assert answer.status_code == 409
    assert queries.published_version(unit.id) is None
