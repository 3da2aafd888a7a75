"""News for whoever filed, and dates for staff: told in time, in their language, and never what they are about."""

from __future__ import annotations

import io
import socket
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from pydantic import SecretStr
from sqlalchemy import select

from portal.complaints import services
from portal.complaints.models import Case, CaseEvent
from portal.complaints.respondents import Respondent
from portal.complaints.rules import CaseAct, CaseStatus, ProblemKind
from portal.filings import reminding
from portal.filings.reminding import Pressing
from portal.filings.sealing import Identity
from portal.filings.taking import Content
from portal.filings.wishes import wish_to_be_told
from portal.foundation import clock
from portal.foundation.database import db, transaction
from portal.foundation.identifiers import IdType
from portal.foundation.languages import Language
from portal.foundation.outbox import Channel, MessageState, OutboxMessage, kinds
from portal.operations.outbox import delivering

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
NAME, NUMBER, PHONE, MAIL = "格桑卓玛样本", "11010519491231002X", "+8613800138000", "pema@example.org"
STATEMENT = "该单位所报用电数据与现场电表读数不一致，附照片为证。"


@pytest.fixture(autouse=True)
def _staff(people):
    """Everybody who could be told of something is there."""
    people.everybody()


@pytest.fixture
def file(app):
    """File a complaint: ``file(email="…", language=Language.BO)``; a respondent whom the department assigns."""

    def make(*, notify=True, language=Language.ZH, phone=PHONE, email="") -> Case:
        identity = Identity(NAME, IdType.RESIDENT_ID, NUMBER, phone=phone, email=email)
        files = [("电表照片.png", io.BytesIO(PNG))]
        content = Content(STATEMENT, identity, language=language, files=files, notify=notify)
        filing = services.Filing(Respondent("样本拉萨绿色建材有限公司"), ProblemKind.FALSE_DATA, content)
        return services.file_complaint(filing, services.new_token()).filing

    return make


@pytest.fixture
def mail_server():
    """A mail server, and the settings of an application that sends by it."""

    class Mailbox:
        def __init__(self) -> None:
            self.envelopes = []

        async def handle_DATA(self, server, session, envelope):  # noqa: N802
            self.envelopes.append(envelope)
            return "250 OK"

        def settings(self, app):
            update = {"smtp_url": SecretStr(f"smtp://127.0.0.1:{port}?from=portal@example.org")}
            return app.extensions["portal.settings"].model_copy(update=update)

    box = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box
    controller.stop()


def write(case: Case, act: CaseAct = CaseAct.MESSAGE, *, public: bool = True) -> None:
    """Write a line to a case's timeline, as any use case does."""
    with transaction():
        case.events.append(CaseEvent(act=act, at=clock.now(), public=public))


def waiting() -> list[OutboxMessage]:
    db.session.rollback()
    return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def composed(app, message):
    return kinds(app)[message.kind](message)


def test_a_public_act_puts_a_message_with_nothing_in_it(file):
    case = file()
    write(case)
    (message,) = waiting()
    assert (message.kind, message.subject, message.facts, message.sealed) == ("case.news", f"case:{case.id}", {}, None)


@pytest.mark.parametrize("act", [CaseAct.FILE, CaseAct.REPLY, CaseAct.SUPPLEMENT])
def test_nobody_is_told_what_they_did_themself(file, act):
    write(file(), act)
    assert waiting() == []


def test_what_only_staff_read_is_not_announced(file):
    write(file(), CaseAct.VERIFY, public=False)
    assert waiting() == []


def test_whoever_did_not_ask_for_notices_gets_none(file):
    write(file(notify=False))
    assert waiting() == []


def test_an_act_that_fails_announces_nothing(file):
    case = file()
    with pytest.raises(RuntimeError), transaction():
        case.events.append(CaseEvent(act=CaseAct.MESSAGE, at=clock.now(), public=True))
        db.session.flush()
        raise RuntimeError
    assert waiting() == []


def test_several_acts_before_the_worker_comes_are_one_message_and_later_ones_another(app, file):
    case = file()
    write(case)
    write(case, CaseAct.OPEN_IDENTITY)
    assert len(waiting()) == 1
    delivering.deliver_due(app)
    write(case)
    assert [message.state for message in waiting()] == [MessageState.DELIVERED, MessageState.WAITING]


def test_an_act_while_a_message_is_in_hand_is_announced_by_another(file):
    case = file()
    write(case)
    assert delivering._claim() is not None
    write(case)
    assert len(waiting()) == 2


@pytest.mark.parametrize("language", Language)
def test_a_notice_is_in_the_filers_language_and_says_nothing_of_the_case(app, file, language):
    case = file(language=language, email=MAIL)
    write(case)
    delivery = composed(app, waiting()[0])
    assert (delivery.channel, delivery.to) == (Channel.MAIL, MAIL)
    text = delivery.subject + delivery.body
    script = {Language.ZH: "新进展", Language.BO: "གསར་པ", Language.EN: "something new"}[language]
    assert script in text
    assert f"/{language}/" in text
    for secret in (NAME, NUMBER, PHONE, case.receipt, case.respondent_name, STATEMENT[:8], "举报", "complaint"):
        assert secret not in text.replace(app.extensions["portal.settings"].site_names()[language], "")


def test_without_an_e_mail_address_a_short_message_goes_out(app, file):
    case = file()
    write(case)
    delivery = composed(app, waiting()[0])
    assert (delivery.channel, delivery.to) == (Channel.SMS, PHONE)
    assert "\n" not in delivery.body


def test_whoever_switched_notices_off_gets_not_even_the_one_that_waits(app, file):
    case = file()
    write(case)
    version = case.version
    wish_to_be_told(Case, case.id, wanted=False)
    assert (case.notify, case.version) == (False, version)
    delivering.deliver_due(app)
    assert waiting()[0].state is MessageState.DROPPED


def test_after_erasure_nobody_is_told(app, file):
    case = file()
    write(case)
    with transaction():
        db.session.execute(Case.__table__.update().values(wrapped_key=b""))
    db.session.expire_all()
    assert composed(app, waiting()[0]) is None


def test_that_a_promised_date_has_passed_is_told(file, morning):
    case = file()
    due(case, -1)
    assert services.escalate_overdue() == 1
    assert [message.subject for message in waiting()] == [f"case:{case.id}"]
    assert services.escalate_overdue() == 0


def test_an_opened_identity_is_announced_by_a_mail_that_a_real_server_takes(
    app, people, file, monkeypatch, mail_server
):
    case = file(email=MAIL, language=Language.BO)
    due(case, 9, assignee_id=people.determiner.id)
    services.open_identity(case.id, "需要与举报人核实照片", by=people.determiner)
    monkeypatch.setitem(app.extensions, "portal.settings", mail_server.settings(app))
    assert delivering.deliver_due(app) == 1
    (envelope,) = mail_server.envelopes
    assert envelope.rcpt_tos == [MAIL]
    text = message_from_bytes(envelope.content, policy=default).get_content()
    assert "གསར་པ" in text
    for secret in (NAME, NUMBER, PHONE, case.receipt, case.respondent_name, "核实照片"):
        assert secret not in text


# Staff


@pytest.fixture
def morning():
    """A Wednesday morning in Lhasa, on known working days."""
    from datetime import UTC, datetime

    with clock.at(datetime(2026, 3, 18, 2, 0, tzinfo=UTC)):
        yield


def due(case: Case, in_days: int, **changes) -> None:
    with transaction():
        day = clock.today() + timedelta(days=in_days)
        db.session.execute(Case.__table__.update().where(Case.id == case.id).values(due_on=day, **changes))
    db.session.expire_all()


def test_an_officer_is_told_once_a_day_of_what_presses(app, people, file, morning):
    officer = people.lhasa_officer
    due(file(), 2, authority_id=officer.authority_id)
    due(file(), 30, authority_id=officer.authority_id)
    due(file(), -1, authority_id=officer.authority_id)
    assert reminding.remind() == 2  # the officer, and the department that something is overdue in the region
    assert reminding.remind() == 0
    by_subject = {message.subject: message for message in waiting()}
    mine = by_subject[f"person:{officer.id}"]
    assert mine.facts == {"near": 1, "overdue": 1, "elsewhere": 0}
    assert by_subject[f"person:{people.determiner.id}"].facts == {"near": 0, "overdue": 0, "elsewhere": 1}
    delivery = composed(app, mine)
    assert (delivery.channel, delivery.to) == (Channel.MAIL, officer.email)
    assert "/desk/" in delivery.body
    with clock.at(clock.now() + timedelta(days=1)):
        assert reminding.remind() == 2


def test_nothing_is_mailed_where_nothing_presses_nor_in_the_night(people, file, morning):
    due(file(), 30, authority_id=people.lhasa_officer.authority_id)
    assert reminding.remind() == 0
    due(file(), -1, authority_id=people.lhasa_officer.authority_id)
    with clock.at(clock.now() - timedelta(hours=5)):
        assert reminding.remind() == 0


def test_a_case_of_a_colleague_does_not_press(people, file, morning):
    due(file(), 1, authority_id=people.lhasa_officer.authority_id, assignee_id=people.shigatse_officer.id)
    assert reminding.pressing(people.lhasa_officer, clock.today()) == Pressing()


def test_a_determination_that_comes_near_presses_on_the_determiner(people, file, morning):
    due(file(), 1, status=CaseStatus.REPORTED)
    assert reminding.pressing(people.determiner, clock.today()) == Pressing(near=1)


def test_a_case_that_the_department_took_over_is_its_own_and_not_elsewhere(people, file, morning):
    due(file(), -1, taken_over=True, authority_id=people.lhasa_officer.authority_id)
    assert reminding.pressing(people.determiner, clock.today()) == Pressing(overdue=1)


def test_the_auditor_and_the_editor_get_no_mails(people, file, morning):
    due(file(), -1, status=CaseStatus.REPORTED)
    reminding.remind()
    assert {message.subject for message in waiting()} == {f"person:{people.determiner.id}"}


def test_a_mail_that_waited_for_days_is_dropped(app, people, file, morning):
    due(file(), 1, status=CaseStatus.REPORTED)
    reminding.remind()
    message = waiting()[0]
    with clock.at(clock.now() + timedelta(days=3)):
        assert composed(app, message) is None


def test_where_the_calendar_is_not_known_days_are_counted_as_they_come(app):
    from datetime import date

    assert reminding.near_until(date(2031, 3, 3), None) == date(2031, 3, 6)
    assert reminding.near_until(date(2026, 3, 19), None) == date(2026, 3, 24)
