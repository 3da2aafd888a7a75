"""The end of retention: what was sealed is gone for good, what became of the complaint stays."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.complaints import services
from portal.complaints.models import Case
from portal.complaints.queries import case_by_id
from portal.complaints.rules import CaseAct, CaseStatus, RefusalGround
from portal.complaints.services.retaining import erase_expired
from portal.filings import erasing, sealing
from portal.filings.drafts import services as drafts
from portal.filings.drafts.models import FilingDraft
from portal.filings.sealing import Erased
from portal.foundation import audit, clock
from portal.foundation.database import db
from portal.foundation.languages import Language
from portal.rulebook.queries import number
from portal.rulebook.rules import Rule
from portal.vault import current_vault
from portal.vault.boxes import Unsealable
from tests.complaints.conftest import PNG, STATEMENT

#: Nothing is computed for this year: the official calendar is not known.
LATER = datetime(2029, 12, 1, 12, tzinfo=clock.ZONE)


@pytest.fixture
def ended(filed, people, do):
    """A complaint that was refused."""
    do(filed.filing, CaseAct.REFUSE, people.lhasa_officer, refusal_ground=RefusalGround.NO_EVIDENCE)
    return filed


def test_a_case_is_kept_until_its_time_has_come(app, ended):
    with clock.at(LATER - timedelta(days=40)):
        assert erase_expired() == 0
    with clock.at(LATER):
        assert erase_expired() == 1
        assert erase_expired() == 0


def test_the_time_counts_from_the_last_thing_that_happened(app):
    assert number(Rule.RETENTION_YEARS, date(2026, 5, 1)) == 3
    assert erasing.kept_until(date(2023, 5, 1), date(2024, 2, 29)) == date(2027, 3, 1)


def test_an_open_case_is_never_erased(app, filed):
    with clock.at(LATER):
        assert erase_expired() == 0
    assert sealing.opened(filed.filing, for_filer=True).statement == STATEMENT


def test_the_key_the_sealed_columns_and_the_files_are_gone(app, ended):
    case = ended.filing
    wrapped, statement, context = case.wrapped_key, case.sealed_statement, case.box_context
    keys = [item.store_key for item in case.evidence]
    with clock.at(LATER):
        erase_expired()
    case = case_by_id(case.id)
    assert (case.wrapped_key, case.sealed_identity, case.sealed_statement) == (b"", b"", b"")
    assert [event.sealed_note for event in case.events] == [None] * len(case.events)
    assert [item.sha256 for item in case.evidence] == [""]
    assert not any(current_vault().store.exists(key) for key in keys)
    # With the key from before the statement opened; nothing in the database gives that key any more.
    assert current_vault().open_box(wrapped, context).open_text(statement, sealing.STATEMENT) == STATEMENT
    with pytest.raises(Unsealable):
        current_vault().open_box(case.wrapped_key, context)


def test_no_copy_of_the_key_stays_with_a_message_that_was_never_sent(app, filed, people, do):
    """Whatever else of the box is kept, such as the desk's notes, opens with it."""
    draft = drafts.start_reply(filed.filing, Language.ZH)
    stored = drafts.add_file(draft, "一.png", io.BytesIO(PNG)).store_key
    do(filed.filing, CaseAct.REFUSE, people.lhasa_officer, refusal_ground=RefusalGround.NO_EVIDENCE)
    with clock.at(LATER):
        assert erase_expired() == 1
    assert db.session.scalars(select(FilingDraft)).all() == []
    assert not current_vault().store.exists(stored)


def test_the_outcome_the_steps_and_the_chain_stay(app, ended):
    with clock.at(LATER):
        erase_expired()
    case = case_by_id(ended.filing.id)
    assert (case.status, case.refusal_ground) == (CaseStatus.REFUSED, RefusalGround.NO_EVIDENCE)
    assert [event.act for event in case.events] == [CaseAct.FILE, CaseAct.REFUSE]
    assert audit.verify() is None
    record = db.session.query(audit.AuditRecord).order_by(audit.AuditRecord.id.desc()).first()
    assert (record.action, record.subject, record.data) == ("filings.case.erased", case.subject, {"files": 1})


def test_nothing_more_can_be_opened_or_added(app, ended, people):
    with clock.at(LATER):
        erase_expired()
    case = case_by_id(ended.filing.id)
    opened = sealing.opened(case, for_filer=False)
    assert (opened.statement, list(opened.files)) == ("", [])
    assert {entry.note for entry in opened.timeline} == {""}
    with pytest.raises(Erased):
        services.open_identity(case.id, "试着打开身份", by=people.lhasa_officer)


def test_the_complainant_is_told_and_still_reads_the_outcome(client, ended):
    with clock.at(LATER):
        erase_expired()
        client.post("/zh/complaints/status", data={"receipt": ended.filing.receipt, "secret": ended.secret})
        page = client.get("/zh/complaints/status").text
    assert "保存期限已届满" in page
    assert "缺少可供核实的佐证材料" in page or 'data-status="refused"' in page


def test_the_desk_shows_what_is_left(login, people, ended):
    with clock.at(LATER):
        erase_expired()
    page = login(people.lhasa_officer).get(f"/desk/verification/{ended.filing.id}")
    assert page.status_code == 200
    assert "保存期限已届满" in page.text


def test_an_erasing_that_was_cut_off_goes_on(app, ended, monkeypatch):
    """The process ends after the files went and before the row is written."""

    def cut(*_args: object) -> None:
        raise KeyboardInterrupt

    with clock.at(LATER):
        with monkeypatch.context() as broken:
            broken.setattr(erasing.audit, "record", cut)
            with pytest.raises(KeyboardInterrupt):
                erase_expired()
        assert db.session.get(Case, ended.filing.id, populate_existing=True).erased_at is None
        assert erase_expired() == 1


def test_objections_are_erased_by_the_same_hand(app):
    from portal.objections.services.retaining import erase_expired as erase_objections

    with clock.at(LATER):
        assert erase_objections() == 0
