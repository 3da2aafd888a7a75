"""A code answers what the register says at that moment, with one of three answers."""

from __future__ import annotations

import random
from datetime import date

import pytest
from sqlalchemy import select

from portal.authorities.services import SYSTEM
from portal.credentials import queries, services
from portal.credentials.models import ListCode
from portal.credentials.rules import STANDING_LABELS, Standing
from portal.foundation.database import db, transaction
from portal.foundation.identifiers import READABLE, InvalidIdentifier, new_list_code, normalize_list_code
from portal.register import ledger
from portal.register.rules import EventKind, RemovalGround
from tests.register.rounds import at
from tests.samples import SAMPLE_UNIT, list_unit

DAY = date(2026, 3, 2)


def record(kind, **more):
    with at(DAY), transaction():
        return ledger.record(kind, effective_on=DAY, by_actor=SYSTEM, **more)


def removed(code):
    record(EventKind.REMOVED, entry=code.entry, data={"ground": RemovalGround.NOT_IN_OPERATION})


def test_a_listing_gets_its_code_in_the_same_transaction(code, unit):
    answer = queries.answer(code.code)
    assert answer.standing is Standing.IN_FORCE
    assert answer.unit.name == SAMPLE_UNIT
    assert code.place.revoked_on is None


def test_units_of_other_provinces_get_none_until_they_come_under_an_authority(app):
    list_unit("成都示例水泥有限公司", place="")
    entry_units = db.session.scalars(select(ListCode)).unique().all()
    assert [item.unit.in_region for item in entry_units] == [True] * len(entry_units)


def test_following_the_register_again_changes_no_code(code):
    assert services.follow() == 0
    assert db.session.scalars(select(ListCode.code)).all() == [code.code]


def test_entries_that_stood_before_there_were_codes_get_theirs(code):
    with transaction():
        db.session.delete(code.place)
        db.session.delete(code)
    assert services.follow() == 1
    assert len(db.session.scalars(select(ListCode.code)).all()) == 1


def test_a_decided_removal_is_nobodys_business_until_its_announcement(code):
    record(EventKind.REMOVAL_PROPOSED, entry=code.entry, data={"ground": RemovalGround.NOT_IN_OPERATION})
    assert queries.answer(code.code).standing is Standing.IN_FORCE


def test_a_removal_turns_the_code_and_revokes_its_credential_at_once(code):
    removed(code)
    answer = queries.answer(code.code)
    assert answer.standing is Standing.NOT_IN_FORCE
    assert (answer.since, answer.entry.ground) == (DAY, RemovalGround.NOT_IN_OPERATION)
    assert queries.revoked_places()[0] == [code.place.id]


def test_a_removal_that_does_not_come_about_leaves_the_code_as_it_was(code):
    class GaveUp(Exception):
        pass

    with pytest.raises(GaveUp), transaction():
        ledger.record(
            EventKind.REMOVED, entry=code.entry, effective_on=DAY, by_actor=SYSTEM, data={"ground": "violation"}
        )
        raise GaveUp
    assert queries.answer(code.code).standing is Standing.IN_FORCE
    assert queries.revoked_places()[0] == []


def test_a_corrected_removal_restores_the_code_with_a_new_place(code):
    removed(code)
    before = code.place.id
    event = record(
        EventKind.CORRECTED,
        entry=code.entry,
        data={"entry": {"status": "active", "removed_on": None, "ground": None}, "reason": "样本", "corrects": 1},
    )
    assert event.id
    again = queries.code_of(code.code)
    assert queries.answer(code.code).standing is Standing.IN_FORCE
    # What was revoked once stays so: an old copy of the credential does not come back to life.
    assert again.place.id != before
    assert queries.revoked_places()[0] == [before]


def test_a_new_name_shows_with_the_former_one(code):
    record(EventKind.RENAMED, unit=code.unit, data={"to": "拉萨示例新材料有限公司"})
    answer = queries.answer(code.code)
    assert answer.unit.name == "拉萨示例新材料有限公司"
    assert answer.unit.former_names == [SAMPLE_UNIT]


def test_a_unit_that_is_listed_again_has_a_new_code_and_the_old_one_names_it(code, unit):
    removed(code)
    list_unit(SAMPLE_UNIT, year=2026)
    answer = queries.answer(code.code)
    assert answer.standing is Standing.NOT_IN_FORCE
    (again,) = answer.again
    assert again.code != code.code
    assert queries.answer(again.code).standing is Standing.IN_FORCE


def test_codes_are_typed_as_people_type(code):
    bare = code.code.replace("-", "").lower()
    for typed in (bare, " ".join(bare), code.code.replace("-", "—"), code.code.translate(str.maketrans("258", "ZSB"))):
        assert queries.answer(typed).code == code.code


def test_no_slip_of_one_sign_is_another_code():
    chance = random.Random(7)
    for _ in range(300):
        code = new_list_code(chance)
        place = chance.choice([place for place, sign in enumerate(code) if sign != "-"])
        other = chance.choice([sign for sign in "234679ACDEFGHJKMNPQRTUVWXY" if sign != code[place]])
        with pytest.raises(InvalidIdentifier):
            normalize_list_code(code[:place] + other + code[place + 1 :])


@pytest.fixture(scope="module")
def drawn():
    """A million random codes."""
    signs = random.Random(11).choices(READABLE, k=16_000_000)
    return {"".join(signs[place : place + 16]) for place in range(0, 16_000_000, 16)}


def test_a_million_random_codes_are_not_ours(code, drawn):
    assert len(drawn) == 1_000_000
    assert code.code.replace("-", "") not in drawn
    sample = sorted(drawn)[:2_000]
    # All but one in 28 are seen to be typing errors before anybody asks the database.
    assert sum(_is_form(guess) for guess in sample) < len(sample) / 15
    assert {queries.answer(guess).standing for guess in sample[:200]} == {Standing.NOT_OURS}


def _is_form(text):
    try:
        return bool(normalize_list_code(text))
    except InvalidIdentifier:
        return False


@pytest.mark.parametrize("typed", ["", " ", "x" * 500, "7K3M", "../../etc", "\x00", "7K3M-9Q2D-8FXC-AV4P-7K3M", "拉萨"])
def test_what_is_no_code_is_not_ours(app, typed):
    assert queries.answer(typed).standing is Standing.NOT_OURS


@pytest.mark.parametrize("language", ["zh", "bo", "en"])
def test_the_page_says_one_of_three_things(client, code, language):
    page = client.get(f"/{language}/verify/{code.code}")
    assert page.status_code == 200
    assert 'data-standing="in_force"' in page.text
    assert SAMPLE_UNIT in page.text
    assert "Set-Cookie" not in page.headers
    removed(code)
    page = client.get(f"/{language}/verify/{code.code}")
    assert 'data-standing="not_in_force"' in page.text
    assert "2026" in page.text
    page = client.get(f"/{language}/verify/{new_list_code()}")
    assert (page.status_code, 'data-standing="not_ours"' in page.text) == (404, True)
    assert SAMPLE_UNIT not in page.text


def test_a_camera_gets_the_answer_at_once_in_the_language_of_the_phone(client, code):
    page = client.get(f"/c/{code.code}", headers={"Accept-Language": "bo-CN,bo;q=0.9,zh;q=0.5"})
    assert page.status_code == 200
    assert '<html lang="bo-CN"' in page.text
    assert "Accept-Language" in page.headers["Vary"]
    assert "public" in page.headers["Cache-Control"]
    assert "Set-Cookie" not in page.headers


def test_a_code_in_another_form_leads_to_its_one_address(client, code):
    answer = client.get(f"/zh/verify/{code.code.replace('-', '').lower()}")
    assert answer.status_code == 302
    assert answer.location.endswith(f"/zh/verify/{code.code}")


def test_a_page_asks_a_constant_number_of_questions(client, code, count_queries):
    client.get(f"/zh/verify/{code.code}")
    with count_queries() as counted:
        client.get(f"/zh/verify/{code.code}")
    assert counted.number <= 8, counted.statements


def test_the_register_shows_the_codes_of_a_unit(client, code):
    assert code.code in client.get(f"/zh/units/{code.unit.ref}").text
    removed(code)
    assert code.code not in client.get(f"/zh/units/{code.unit.ref}").text


def test_the_three_answers_have_three_words(app):
    assert len({str(label) for label in STANDING_LABELS.values()}) == 3
