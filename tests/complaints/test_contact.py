"""A code goes to the telephone or mailbox and comes back: then, and for that address alone, the contact is verified."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.complaints.models import Case
from portal.filings.contact import services
from portal.filings.contact.models import ContactCode
from portal.filings.contact.services import Answer, TooManyCodes
from portal.filings.drafts import services as drafts
from portal.filings.rules import Assurance
from portal.filings.sealing import Identity
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.identifiers import IdType
from portal.foundation.languages import Language
from portal.foundation.outbox import ERASED, Channel, OutboxMessage, kinds
from portal.operations.outbox import delivering
from tests.complaints.conftest import NAME, NUMBER
from tests.complaints.test_guide import WHO, post, walked

PHONE, MAIL = "+8613800138000", "pema@example.org"
PERSON = Identity(NAME, IdType.RESIDENT_ID, NUMBER, phone=PHONE, email=MAIL)


@pytest.fixture
def draft(app):
    return drafts.start(Case, Language.ZH)


def code_of(app, message: OutboxMessage | None = None) -> str:
    """The code that stands in the message that waits."""
    db.session.rollback()
    message = message or db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert message is not None
    (delivery,) = kinds(app)[message.kind](message)
    found = re.search(r"\d{6}", delivery.body)
    assert found
    return found.group()


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


@pytest.mark.parametrize(
    ("channel", "field", "address"), [(Channel.SMS, "phone", PHONE), (Channel.MAIL, "email", MAIL)]
)
def test_the_right_code_verifies_the_address_that_it_went_to(app, draft, channel, field, address):
    services.send_code(draft, PERSON, channel)
    assert services.sent_to(draft) == (channel, address)
    assert services.enter_code(draft, f" {code_of(app)} ") is Answer.RIGHT
    assert drafts.assurance_of(draft, PERSON) is Assurance.CONTACT_VERIFIED
    other = Identity(NAME, IdType.RESIDENT_ID, NUMBER, **{"phone": PHONE, "email": MAIL, field: "another"})
    assert drafts.assurance_of(draft, other) is Assurance.DECLARED


@pytest.mark.parametrize("language", Language)
def test_the_message_is_in_the_language_of_the_draft_with_the_code_in_its_text_alone(app, language):
    draft = drafts.start(Case, language)
    services.send_code(draft, PERSON, Channel.MAIL)
    message = db.session.scalars(select(OutboxMessage)).one()
    (delivery,) = kinds(app)[message.kind](message)
    assert delivery.to == MAIL
    assert not re.search(r"\d", delivery.subject)
    assert {Language.ZH: "验证码", Language.BO: "ར་སྤྲོད་ཨང", Language.EN: "verification code"}[language] in delivery.body
    assert NAME not in delivery.body


def test_a_wrong_code_costs_a_try_and_the_fifth_ends_it(app, draft):
    services.send_code(draft, PERSON, Channel.SMS)
    code = code_of(app)
    assert [services.enter_code(draft, wrong(code)) for _ in range(5)] == [Answer.WRONG] * 4 + [Answer.EXPIRED]
    assert services.enter_code(draft, code) is Answer.EXPIRED
    assert drafts.assurance_of(draft, PERSON) is Assurance.DECLARED


@pytest.mark.parametrize("entered", ["", "abc", "００００００", "1" * 500])
def test_what_is_no_code_is_wrong(app, draft, entered):
    services.send_code(draft, PERSON, Channel.SMS)
    if code_of(app) != "000000":
        assert services.enter_code(draft, entered) is Answer.WRONG


def test_a_code_holds_for_ten_minutes(app, draft):
    services.send_code(draft, PERSON, Channel.SMS)
    code = code_of(app)
    with clock.at(clock.now() + timedelta(minutes=10, seconds=1)):
        assert services.sent_to(draft) is None
        assert services.enter_code(draft, code) is Answer.EXPIRED


def test_a_code_serves_once(app, draft):
    services.send_code(draft, PERSON, Channel.SMS)
    code = code_of(app)
    assert services.enter_code(draft, code) is Answer.RIGHT
    assert services.enter_code(draft, code) is Answer.EXPIRED


def test_a_new_code_ends_the_one_before(app, draft):
    services.send_code(draft, PERSON, Channel.SMS)
    first = code_of(app)
    services.send_code(draft, PERSON, Channel.SMS)
    second = code_of(app)
    if first != second:
        assert services.enter_code(draft, first) is Answer.WRONG
    assert services.enter_code(draft, second) is Answer.RIGHT


def test_a_code_of_one_draft_is_none_of_another(app, draft):
    services.send_code(draft, PERSON, Channel.SMS)
    other = drafts.start(Case, Language.ZH)
    assert services.enter_code(other, code_of(app)) is Answer.EXPIRED


def test_one_draft_gets_five_codes_an_hour(app, draft):
    for _ in range(5):
        services.send_code(draft, PERSON, Channel.SMS)
    with pytest.raises(TooManyCodes):
        services.send_code(draft, PERSON, Channel.MAIL)
    with clock.at(clock.now() + timedelta(hours=1, seconds=1)):
        services.send_code(draft, PERSON, Channel.SMS)


def test_one_telephone_is_rung_five_times_an_hour_whoever_asks(app):
    for _ in range(5):
        services.send_code(drafts.start(Case, Language.ZH), PERSON, Channel.SMS)
    stranger = drafts.start(Case, Language.ZH)
    with pytest.raises(TooManyCodes):
        services.send_code(stranger, PERSON, Channel.SMS)
    services.send_code(stranger, PERSON, Channel.MAIL)


def test_a_mailbox_is_one_however_its_address_is_written(app):
    """Five tries for each way of writing an address would be as many as anybody wants."""
    for number in range(services.MOST):
        written = "".join(sign.upper() if place == number else sign for place, sign in enumerate(MAIL))
        person = Identity(NAME, IdType.RESIDENT_ID, NUMBER, email=written)
        services.send_code(drafts.start(Case, Language.ZH), person, Channel.MAIL)
    with pytest.raises(TooManyCodes):
        services.send_code(drafts.start(Case, Language.ZH), PERSON, Channel.MAIL)


def test_a_refused_code_leaves_no_message(app, draft):
    with pytest.raises(services.CannotReach):
        services.send_code(draft, Identity(NAME, IdType.RESIDENT_ID, NUMBER, email=MAIL), Channel.SMS)
    assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == 0


def test_a_code_that_came_too_late_to_leave_is_dropped(app, draft):
    services.send_code(draft, PERSON, Channel.SMS)
    message = db.session.scalars(select(OutboxMessage)).one()
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert kinds(app)[message.kind](message) is None
    drafts.discard(draft)
    assert kinds(app)[message.kind](message) is None


def test_neither_address_nor_code_stands_anywhere_in_clear(app, draft):
    services.send_code(draft, PERSON, Channel.SMS)
    code = code_of(app)
    for model in (ContactCode, OutboxMessage):
        for row in db.session.execute(select(model.__table__)).all():
            shown = repr(tuple(value for value in row if not isinstance(value, bytes)))
            sealed = b"".join(value for value in row if isinstance(value, bytes))
            for secret in (PHONE, PHONE[3:]):
                assert secret not in shown
                assert secret.encode() not in sealed
            assert f"'{code}'" not in shown
    delivering.deliver_due(app)
    db.session.rollback()
    assert db.session.scalars(select(OutboxMessage.sealed)).all() == [ERASED]


def test_codes_of_yesterday_are_forgotten(app, draft):
    services.send_code(draft, PERSON, Channel.SMS)
    assert services.forget_old() == 0
    with clock.at(clock.now() + timedelta(days=1, seconds=1)):
        assert services.forget_old() == 1


# The page


@pytest.mark.parametrize("lang", ["zh", "bo", "en"])
def test_on_the_way_to_sending_a_contact_is_verified_and_the_case_says_so(app, client, units, lang):
    walked(client, units, lang)
    assert f"/{lang}/complaints/new/contact" in client.get(f"/{lang}/complaints/new/look").text
    page = client.get(f"/{lang}/complaints/new/contact")
    assert page.headers["Cache-Control"] == "no-store"
    assert PHONE in page.text
    assert post(client, "contact", lang, send="sms").status_code == 302
    assert 'name="code"' in client.get(f"/{lang}/complaints/new/contact").text
    code = code_of(app)
    refused = post(client, "contact", lang, code=wrong(code))
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert post(client, "contact", lang, code=code).location.endswith(f"/{lang}/complaints/new/look")
    assert post(client, "look", lang, consent="y").status_code == 201
    assert db.session.scalars(select(Case.assurance)).one() is Assurance.CONTACT_VERIFIED


def test_another_number_after_the_code_is_declared_only(app, client, units):
    walked(client, units)
    post(client, "contact", send="sms")
    post(client, "contact", code=code_of(app))
    post(client, "who", **{**WHO, "phone": "13900139000"})
    post(client, "look", consent="y")
    assert db.session.scalars(select(Case.assurance)).one() is Assurance.DECLARED


def test_without_a_draft_or_before_the_step_there_is_no_code(client, units):
    assert client.get("/zh/complaints/new/contact").status_code == 404
    post(client, "whom", respondent=units.lhasa.public_id)
    assert client.get("/zh/complaints/new/contact").location.endswith("/who")
    assert post(client, "contact", send="sms").location.endswith("/who")
    assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == 0


def test_a_way_out_that_nobody_offers_sends_nothing(client, units):
    walked(client, units)
    assert post(client, "contact", send="mail").status_code == 422
    assert post(client, "contact", send="pigeon").status_code == 422
