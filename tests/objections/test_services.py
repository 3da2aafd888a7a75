"""Objections through the database: taken in time, sealed, decided by the department, holding back one candidate."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select, text

from portal.content import services as contents
from portal.filings import sealing
from portal.filings.taking import AlreadyFiled, NotTaken, WrongSecret
from portal.foundation import audit, clock
from portal.foundation.database import db, transaction
from portal.foundation.errors import Invalid, NotFound, Stale
from portal.foundation.workdays import NATIONAL
from portal.foundation.workflow import IllegalTransition
from portal.objections import clocks, queries, services
from portal.objections.models import Objection
from portal.objections.rules import NotPublicised, ObjectionAct, ObjectionStatus, PublicityOver
from portal.register.batches import queries as batches
from portal.register.batches import services as rounds
from portal.register.batches.holds import holds_of
from portal.register.batches.rules import CandidatesChanged, CandidateState, HoldKind
from portal.register.models import PublicityWindow
from portal.register.rules import RemovalGround
from portal.rulebook.hooks import calendar_changed
from portal.vault import current_vault
from tests.objections.conftest import NAME, NUMBER, PHONE, PNG, STATEMENT, content, file_against
from tests.register.rounds import AFTER, LAST_DAY, NOTICE_DAY, published

GROUND = RemovalGround.ENERGY_RECTIFICATION


def test_an_objection_is_taken_until_the_last_minute_of_the_last_day(candidates, moment):
    moment(LAST_DAY, 23, 59)
    taken = file_against(candidates[0])
    assert taken.filing.status is ObjectionStatus.FILED
    assert taken.filing.window_last == LAST_DAY


def test_a_minute_later_it_is_refused_in_words(candidates, moment):
    before = set(current_vault().store.keys("evidence/"))
    moment(AFTER, 0, 0)
    with pytest.raises(PublicityOver):
        file_against(candidates[0])
    assert not db.session.scalars(select(Objection)).first()
    assert set(current_vault().store.keys("evidence/")) == before


def test_a_form_that_was_sent_in_time_still_shows_its_receipt_after_the_window(candidates, moment):
    token = services.new_token()
    first = file_against(candidates[0], token)
    moment(AFTER)
    again = file_against(candidates[0], token, files=[("通知照片.png", io.BytesIO(PNG))])
    assert (again.filing.id, again.secret) == (first.filing.id, first.secret)


def test_the_same_form_with_other_content_is_refused_and_names_the_receipt(candidates):
    token = services.new_token()
    first = file_against(candidates[0], token)
    with pytest.raises(AlreadyFiled) as refused:
        file_against(candidates[1], token)
    assert refused.value.receipt == first.filing.receipt


@pytest.mark.parametrize("ref", ["c999999", "u1", "", "c0", "c1x"])
def test_nobody_objects_to_what_is_no_candidate(batch, ref):
    with pytest.raises(NotPublicised):
        services.file_objection(services.Filing(ref, content()), services.new_token())


def test_a_candidate_that_was_dropped_meanwhile_takes_no_objection(candidates, people):
    rounds.drop(candidates[0], reason="样本理由", by=people.editor)
    with pytest.raises(NotPublicised):
        file_against(candidates[0])
    assert file_against(candidates[1]).filing.id


def test_identity_statement_and_file_lie_nowhere_in_clear(app, filed):
    services.add_reply(filed.filing.id, "补充：" + STATEMENT, [])
    rows = b""
    for table in ("objection", "objection_event", "objection_evidence", "audit_record"):
        for row in db.session.execute(text(f"SELECT * FROM {table}")):
            rows += b"|".join(
                bytes(value) if isinstance(value, memoryview | bytes) else str(value).encode() for value in row
            )
    db.session.rollback()
    folder = app.extensions["portal.settings"].data_dir / "files"
    files = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    for needle in (NAME, NUMBER, PHONE, STATEMENT[:12], "通知照片", filed.secret):
        assert needle.encode() not in rows
        assert needle.encode() not in files
    assert PNG not in files


def test_receipt_and_secret_open_the_objection_and_nothing_else_does(candidates, filed):
    assert services.follow(filed.filing.receipt.lower(), filed.secret).id == filed.filing.id
    other = file_against(candidates[1])
    for receipt, secret in ((filed.filing.receipt, other.secret), ("XZ26-0000", filed.secret)):
        with pytest.raises(WrongSecret):
            services.follow(receipt, secret)


def test_a_file_that_is_refused_leaves_nothing_behind(candidates):
    store = current_vault().store
    before = set(store.keys("evidence/"))
    files = [("好.png", io.BytesIO(PNG)), ("x.exe", io.BytesIO(b"MZ" + b"\0" * 400))]
    with pytest.raises(NotTaken):
        file_against(candidates[0], files=files)
    assert set(store.keys("evidence/")) == before
    assert not db.session.scalars(select(Objection)).first()


def test_the_department_promises_a_decision_within_ten_working_days(filed):
    assert filed.filing.due_on == NATIONAL.add(NOTICE_DAY, 10)


def test_asking_for_a_supplement_stops_the_clock_and_the_supplement_starts_it(filed, do, moment):
    moment(NOTICE_DAY + timedelta(days=3))
    asked = do(filed.filing, ObjectionAct.REQUEST_SUPPLEMENT)
    left = NATIONAL.between(clock.today(), NATIONAL.add(NOTICE_DAY, 10))
    assert asked.due_on == NATIONAL.add(clock.today(), 5)
    moment(NOTICE_DAY + timedelta(days=9))
    answered = services.add_reply(asked.id, "补充材料", [])
    assert answered.status is ObjectionStatus.FILED
    assert answered.due_on == NATIONAL.add(clock.today(), left)


def test_a_longer_calendar_moves_a_promised_date_and_never_shortens_it(filed, people, moment):
    before = filed.filing.due_on
    filed.filing.due_on = before + timedelta(days=30)
    db.session.commit()
    assert services.recompute(people.editor) == []
    filed.filing.due_on = before - timedelta(days=2)
    db.session.commit()
    assert [item.due_on for item in services.recompute(people.editor)] == [before]


def test_a_pending_objection_holds_back_its_candidate_and_nobody_else(candidates, filed):
    found = holds_of(candidates)
    assert [hold.kind for hold in found[candidates[0].id]] == [HoldKind.PENDING]
    assert found[candidates[1].id] == []


def test_an_objection_not_upheld_holds_nobody_back(candidates, filed, do):
    do(filed.filing, ObjectionAct.REJECT)
    assert holds_of(candidates)[candidates[0].id] == []


def announced(batch, people):
    """The round's next announcement, drafted and published today; what it says of each candidate."""
    document = rounds.draft_announcement(batches.batch(batch.id), by=people.editor)
    published(document, people)
    return {line.candidate.name: line for line in batches.lines(document.id)}


def test_upheld_it_drops_the_candidate_with_its_reason_and_the_other_is_listed(
    batch, candidates, filed, do, people, moment
):
    done = do(filed.filing, ObjectionAct.SUSTAIN, ground=GROUND)
    assert (done.status, done.ground, done.due_on) == (ObjectionStatus.SUSTAINED, GROUND, None)
    moment(AFTER)
    lines = announced(batch, people)
    dropped, listed = (lines[item.name] for item in candidates)
    assert dropped.outcome is CandidateState.DROPPED
    assert "异议成立" in dropped.reason.zh
    assert dropped.reason.bo
    assert listed.outcome is CandidateState.LISTED


def test_a_held_candidate_is_listed_by_a_later_announcement_once_the_objection_is_not_upheld(
    batch, candidates, filed, do, people, moment
):
    moment(AFTER)
    lines = announced(batch, people)
    assert [lines[item.name].outcome for item in candidates] == [CandidateState.HELD, CandidateState.LISTED]
    do(filed.filing, ObjectionAct.REJECT)
    later = announced(batch, people)
    assert {name: line.outcome for name, line in later.items()} == {candidates[0].name: CandidateState.LISTED}


def test_a_decision_after_the_draft_stops_its_publication(batch, filed, do, people, moment):
    moment(AFTER)
    document = rounds.draft_announcement(batches.batch(batch.id), by=people.editor)
    do(filed.filing, ObjectionAct.SUSTAIN, ground=GROUND)
    with pytest.raises(CandidatesChanged):
        published(document, people)


def test_a_notice_that_is_withdrawn_takes_no_objections_and_those_it_had_stay(batch, candidates, filed, people, moment):
    contents.withdraw(batch.notice, note="样本原因", by=people.reviewer)
    with pytest.raises(NotPublicised):
        file_against(candidates[0])
    db.session.refresh(filed.filing)
    assert filed.filing.status is ObjectionStatus.FILED
    assert [hold.kind for hold in holds_of(candidates)[candidates[0].id]] == [HoldKind.PENDING]


def test_without_a_calendar_the_window_has_not_ended(candidates, moment):
    # The days of 2031 are known to nobody yet, and the window is one that no calendar has computed.
    db.session.execute(delete(PublicityWindow))
    db.session.commit()
    moment(date(2031, 5, 6))
    taken = file_against(candidates[0])
    assert (taken.filing.window_last, taken.filing.due_on, taken.filing.clock_days) == (None, None, 10)
    assert clocks.days_until(taken.filing, clock.today()) is None


def test_a_changed_calendar_gives_a_promise_that_was_not_known_its_date(app, filed, people):
    before, filed.filing.due_on = filed.filing.due_on, None
    db.session.commit()
    with transaction():
        calendar_changed.send(app, by=people.editor)
    assert filed.filing.due_on == before


def test_only_the_departments_determiner_sees_and_decides(filed, do, people):
    others = [person for person in people.everybody() if person is not people.determiner]
    for person in others:
        with pytest.raises(NotFound):
            do(filed.filing, ObjectionAct.REJECT, person)
        with pytest.raises(NotFound):
            services.open_identity(filed.filing.id, "想看一看是谁", by=person)
        assert queries.waiting(person) == 0
    assert queries.waiting(people.determiner) == 1


def test_a_decision_needs_reasons_and_upholding_a_ground(filed, do):
    for what, facts, wrong in (
        (ObjectionAct.REJECT, {"note": " "}, "note"),
        (ObjectionAct.SUSTAIN, {}, "ground"),
        (ObjectionAct.SUSTAIN, {"ground": RemovalGround.FORM_REFUSED}, "ground"),
    ):
        with pytest.raises(Invalid) as refused:
            do(filed.filing, what, **facts)
        assert set(refused.value.fields) == {wrong}
    db.session.refresh(filed.filing)
    assert filed.filing.status is ObjectionStatus.FILED


def test_deciding_twice_or_from_a_stale_page_is_refused(filed, do, people):
    seen = filed.filing.version
    do(filed.filing, ObjectionAct.MESSAGE)
    with pytest.raises(Stale):
        instruction = services.Instruction(version=seen, note="旧页面")
        services.act(filed.filing.id, ObjectionAct.REJECT, instruction, by=people.determiner)
    do(filed.filing, ObjectionAct.REJECT)
    with pytest.raises(IllegalTransition):
        do(filed.filing, ObjectionAct.SUSTAIN, ground=GROUND)
    with pytest.raises(IllegalTransition):
        services.add_reply(filed.filing.id, "还有话说", [])


def test_opening_the_identity_needs_a_reason_and_the_objector_sees_it(filed, people):
    with pytest.raises(Invalid):
        services.open_identity(filed.filing.id, " ", by=people.determiner)
    identity = services.open_identity(filed.filing.id, "电话核实异议内容", by=people.determiner)
    assert (identity.name, identity.id_number) == (NAME, NUMBER)
    seen = sealing.opened(queries.objection_by_id(filed.filing.id), for_filer=True)
    assert "电话核实异议内容" in [entry.note for entry in seen.timeline]


def test_a_file_comes_back_as_it_was_and_reading_it_is_recorded(filed, people):
    item = filed.filing.evidence[0]
    _record, name, pieces = services.FILES.read(filed.filing.id, item.id, by=people.determiner)
    assert (name, b"".join(pieces)) == ("通知照片.png", PNG)
    with pytest.raises(NotFound):
        services.FILES.read(filed.filing.id, item.id + 1, by=people.determiner)


def test_every_step_stands_in_the_audit_log_and_the_chain_holds(filed, do, people):
    do(filed.filing, ObjectionAct.REQUEST_SUPPLEMENT)
    services.add_reply(filed.filing.id, "补充材料", [])
    services.open_identity(filed.filing.id, "电话核实异议内容", by=people.determiner)
    do(filed.filing, ObjectionAct.SUSTAIN, ground=GROUND)
    records = db.session.scalars(
        select(audit.AuditRecord)
        .where(audit.AuditRecord.subject == filed.filing.subject)
        .order_by(audit.AuditRecord.id)
    )
    assert [record.action for record in records.all()] == [
        "objections.objection.filed",
        "objections.objection.request_supplement",
        "objections.objection.supplement",
        "objections.identity.opened",
        "objections.objection.sustain",
    ]
    assert audit.verify() is None
    assert clocks.due(filed.filing) is None
