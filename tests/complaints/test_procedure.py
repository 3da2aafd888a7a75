"""Every branch of a complaint's way: review, extension, take-over, escalation, findings, orders and their answers."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from portal.authorities import services as accounts
from portal.authorities.rules import Role
from portal.complaints import clocks, queries, reading, services
from portal.complaints.models import Case, Evidence
from portal.complaints.rectification import queries as orders
from portal.complaints.rectification import services as rectification
from portal.complaints.rectification.rules import OrderState, WrongOrderSecret, normalize_number
from portal.complaints.respondents import Respondent, respondent_of
from portal.complaints.rules import (
    AlreadyExtended,
    CaseAct,
    CaseStatus,
    DeciderCannotReview,
    Finding,
    NothingToReview,
    Origin,
    Outcome,
    RefusalGround,
    VerifierCannotDetermine,
)
from portal.content import services as content
from portal.filings import sealing
from portal.filings.taking import NotTaken
from portal.foundation import audit, clock
from portal.foundation.database import db
from portal.foundation.errors import DomainError, Invalid, NotFound, NotPermitted, Stale
from portal.foundation.identifiers import InvalidIdentifier
from portal.foundation.workdays import NATIONAL
from portal.foundation.workflow import IllegalTransition
from portal.register.changes.rules import NothingToAnnounce, UnderReview
from portal.register.rules import EntryStatus, RemovalGround
from portal.vault import current_vault
from tests.complaints.conftest import PNG, filing

WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def _in_march():
    """Far from the end of the official calendar, so that every promised date is known."""
    with clock.at(datetime(2026, 3, 2, 10, tzinfo=clock.ZONE)):
        yield


@pytest.fixture
def second_determiner(people):
    """Another determiner of the department."""
    department = people.determiner.authority
    return accounts.create_account("second@portal.test", "second", department, {Role.DEPARTMENT_DETERMINER}, "x" * 12)


@pytest.fixture
def refused(filed, people, do):
    """A complaint that was not accepted."""
    return do(filed.filing, CaseAct.REFUSE, people.lhasa_officer, refusal_ground=RefusalGround.NO_EVIDENCE)


@pytest.fixture
def cleared(reported, people, do):
    """A case that ended with nothing found."""
    do(reported, CaseAct.FIND_UNSUBSTANTIATED, people.determiner)
    return do(reported, CaseAct.CLOSE, people.determiner)


@pytest.fixture
def ordered(reported, people, do):
    """A case whose unit was ordered to rectify within sixty days."""
    day = clock.today() + timedelta(days=60)
    return do(reported, CaseAct.ORDER_RECTIFICATION, people.determiner, rectify_by=day, measures="请更正电表读数。")


def acts(case: Case) -> list[CaseAct]:
    return [event.act for event in queries.case_by_id(case.id).events]


def days_later(days: int):
    return clock.at(clock.now() + timedelta(days=days))


# Review


def test_a_refusal_is_reviewed_once_by_the_department(refused, people, do):
    case = services.request_review(refused.id, "我已提交照片，请复核。")
    assert case.status is CaseStatus.REFUSAL_UNDER_REVIEW
    assert case.due_on == NATIONAL.add(clock.today(), 20)
    case = do(case, CaseAct.UPHOLD, people.determiner)
    assert case.status is CaseStatus.REFUSED
    assert case.due_on is None
    assert services.review_offered(case) is None
    with pytest.raises(NothingToReview):
        services.request_review(case.id, "再请复核")


def test_a_refusal_that_was_wrong_is_taken_back_and_the_case_is_verified(refused, people, do):
    services.request_review(refused.id, "请复核。")
    case = do(refused, CaseAct.REOPEN, people.determiner)
    assert case.status is CaseStatus.ACCEPTED
    assert case.refusal_ground is None
    assert case.due_on == NATIONAL.add(clock.today(), 30)
    assert do(case, CaseAct.VERIFY, people.lhasa_officer).status is CaseStatus.UNDER_VERIFICATION


def test_a_contested_result_is_reviewed_by_somebody_else_than_who_decided(cleared, people, second_determiner, do):
    services.request_review(cleared.id, "核定结果与事实不符。")
    with pytest.raises(DeciderCannotReview):
        do(cleared, CaseAct.REOPEN, people.determiner)
    case = do(cleared, CaseAct.REOPEN, second_determiner)
    assert case.status is CaseStatus.UNDER_VERIFICATION
    assert case.outcome is None


def test_a_result_that_was_reopened_and_decided_again_is_not_contested_twice(cleared, people, second_determiner, do):
    services.request_review(cleared.id, "核定结果与事实不符。")
    do(cleared, CaseAct.REOPEN, second_determiner)
    do(cleared, CaseAct.REPORT, people.lhasa_officer, finding=Finding.NOT_SUBSTANTIATED)
    do(cleared, CaseAct.FIND_UNSUBSTANTIATED, people.determiner)
    case = do(cleared, CaseAct.CLOSE, people.determiner)
    assert services.review_offered(case) is None


def test_the_time_to_ask_for_a_review_ends(refused):
    last = clocks.review_until(queries.case_by_id(refused.id))
    assert last == NATIONAL.add(clock.today(), 20)
    with clock.at(datetime(last.year, last.month, last.day, 23, tzinfo=clock.ZONE)):
        assert services.review_offered(queries.case_by_id(refused.id)) is not None
    with (
        clock.at(datetime(last.year, last.month, last.day, 23, tzinfo=clock.ZONE) + timedelta(days=1)),
        pytest.raises(NothingToReview),
    ):
        services.request_review(refused.id, "晚了一天")


def test_a_review_needs_reasons_and_an_ended_case(filed, refused):
    with pytest.raises(Invalid):
        services.request_review(refused.id, "  ")
    assert queries.case_by_id(refused.id).status is CaseStatus.REFUSED
    other = services.file_complaint(filing(Respondent("某样本公司")), services.new_token()).filing
    with pytest.raises(NothingToReview):
        services.request_review(other.id, "还没有决定")


def test_a_removal_is_not_contested(reported, people, do):
    do(reported, CaseAct.REMOVE, people.determiner, removal_ground=RemovalGround.FALSE_MATERIAL)
    case = do(reported, CaseAct.CLOSE, people.determiner)
    assert services.review_offered(case) is None


def test_an_officer_does_not_review(refused, people, do):
    services.request_review(refused.id, "请复核。")
    with pytest.raises(NotPermitted):
        do(refused, CaseAct.UPHOLD, people.lhasa_officer)


# Extension


def test_verification_is_extended_once_with_a_reason_that_the_complainant_reads(filed, people, do):
    case = do(filed.filing, CaseAct.ACCEPT, people.lhasa_officer)
    with pytest.raises(Invalid):
        do(case, CaseAct.EXTEND, people.lhasa_officer, note="")
    case = do(case, CaseAct.EXTEND, people.lhasa_officer, note="须等待检测结果")
    assert case.status is CaseStatus.ACCEPTED
    assert case.due_on == NATIONAL.add(clock.today(), 45)
    assert clocks.steps(case)[-1].day == case.due_on
    seen = sealing.opened(queries.case_by_id(case.id), for_filer=True)
    assert "须等待检测结果" in [entry.note for entry in seen.timeline]
    with pytest.raises(AlreadyExtended):
        do(case, CaseAct.EXTEND, people.lhasa_officer)


def test_what_is_overdue_is_not_extended_any_more(filed, people, do):
    case = do(filed.filing, CaseAct.ACCEPT, people.lhasa_officer)
    with days_later(90), pytest.raises(AlreadyExtended):
        do(case, CaseAct.EXTEND, people.lhasa_officer)


# Reassigning and taking over


def test_the_department_hands_a_case_to_another_authority_with_a_reason(filed, people, do):
    do(filed.filing, CaseAct.ACCEPT, people.lhasa_officer)
    do(filed.filing, CaseAct.VERIFY, people.lhasa_officer)
    due = filed.filing.due_on
    with pytest.raises(Invalid):
        do(filed.filing, CaseAct.ASSIGN, people.determiner, authority="shigatse", note="")
    with pytest.raises(Invalid):
        do(filed.filing, CaseAct.ASSIGN, people.determiner, authority="lhasa")
    case = do(filed.filing, CaseAct.ASSIGN, people.determiner, authority="shigatse")
    assert (case.status, case.due_on) == (CaseStatus.UNDER_VERIFICATION, due)
    with pytest.raises(NotFound):
        do(case, CaseAct.VERIFY, people.lhasa_officer)
    assert do(case, CaseAct.REPORT, people.shigatse_officer, finding=Finding.PARTLY).status is CaseStatus.REPORTED


def test_a_case_that_the_department_took_over_is_verified_by_one_and_determined_by_another(
    filed, people, second_determiner, do
):
    with pytest.raises(NotPermitted):
        do(filed.filing, CaseAct.ACCEPT, people.determiner)
    case = do(filed.filing, CaseAct.TAKE_OVER, people.determiner)
    assert case.authority.is_department
    with pytest.raises(NotFound):
        do(case, CaseAct.ACCEPT, people.lhasa_officer)
    with pytest.raises(DomainError):
        do(case, CaseAct.TAKE_OVER, people.determiner)
    do(case, CaseAct.ACCEPT, people.determiner)
    do(case, CaseAct.VERIFY, people.determiner)
    do(case, CaseAct.REPORT, people.determiner, finding=Finding.NOT_SUBSTANTIATED)
    with pytest.raises(VerifierCannotDetermine):
        do(case, CaseAct.FIND_UNSUBSTANTIATED, people.determiner)
    assert do(case, CaseAct.FIND_UNSUBSTANTIATED, second_determiner).status is CaseStatus.DETERMINED


def test_what_names_nobody_known_is_assigned_or_taken_over(people, do):
    case = services.file_complaint(filing(Respondent("名单外样本公司")), services.new_token()).filing
    assert [item.id for item in queries.unassigned(people.determiner)] == [case.id]
    do(case, CaseAct.TAKE_OVER, people.determiner)
    assert not queries.unassigned(people.determiner)
    refusal = do(case, CaseAct.REFUSE, people.determiner, refusal_ground=RefusalGround.NOT_WITHIN_SCOPE)
    assert refusal.status is CaseStatus.REFUSED


# Escalation


def test_a_missed_date_is_told_once_and_again_only_for_the_next_date(filed, people, do):
    case = filed.filing
    assert services.escalate_overdue() == 0
    with days_later(60):
        assert services.escalate_overdue() == 1
        assert services.escalate_overdue() == 0
        assert acts(case).count(CaseAct.ESCALATE) == 1
        do(case, CaseAct.ACCEPT, people.lhasa_officer)
        assert services.escalate_overdue() == 0
    with days_later(160):
        assert services.escalate_overdue() == 1
    assert acts(case).count(CaseAct.ESCALATE) == 2
    assert audit.verify() is None


def test_the_last_day_is_not_overdue_and_the_complainant_reads_when_it_is(filed):
    due = filed.filing.due_on
    with clock.at(datetime(due.year, due.month, due.day, 23, tzinfo=clock.ZONE)):
        assert services.escalate_overdue() == 0
    with clock.at(datetime(due.year, due.month, due.day, 1, tzinfo=clock.ZONE) + timedelta(days=1)):
        assert services.escalate_overdue() == 1
    seen = sealing.opened(queries.case_by_id(filed.filing.id), for_filer=True)
    assert seen.timeline[-1].event.act is CaseAct.ESCALATE
    assert seen.timeline[-1].event.public


def test_escalating_does_not_make_an_officers_page_out_of_date(filed, people):
    version = filed.filing.version
    with days_later(60):
        services.escalate_overdue()
        instruction = services.Instruction(version=version)
        services.act(filed.filing.id, CaseAct.ACCEPT, instruction, by=people.lhasa_officer)


# Allegations, on-site checks, the report


def test_the_report_finds_on_each_allegation_with_its_grounds(filed, people, do):
    case = do(filed.filing, CaseAct.ACCEPT, people.lhasa_officer, allegations=("电表读数不实", "台账缺失", " "))
    listed = reading.account(queries.case_by_id(case.id)).allegations
    assert [item.text for item in listed] == ["电表读数不实", "台账缺失"]
    do(case, CaseAct.VERIFY, people.lhasa_officer)
    first, second = (item.id for item in listed)
    half = {first: services.Judgement(Finding.SUBSTANTIATED, "现场读数不同")}
    with pytest.raises(Invalid):
        do(case, CaseAct.REPORT, people.lhasa_officer, judgements=half)
    with pytest.raises(Invalid):
        no_grounds = {**half, second: services.Judgement(Finding.NOT_SUBSTANTIATED)}
        do(case, CaseAct.REPORT, people.lhasa_officer, judgements=no_grounds)
    whole = {**half, second: services.Judgement(Finding.NOT_SUBSTANTIATED, "台账齐全")}
    case = do(case, CaseAct.REPORT, people.lhasa_officer, judgements=whole)
    assert case.finding is Finding.PARTLY
    found = reading.account(queries.case_by_id(case.id)).allegations
    assert [(item.finding, item.grounds) for item in found] == [
        (Finding.SUBSTANTIATED, "现场读数不同"),
        (Finding.NOT_SUBSTANTIATED, "台账齐全"),
    ]


def test_an_on_site_check_is_kept_sealed_with_its_attachments(app, filed, people, do):
    case = do(filed.filing, CaseAct.ACCEPT, people.lhasa_officer, allegations=("秘密的举报事项",))
    visit = {"visited_on": clock.today(), "place": "样本厂区东门", "participants": "样本检查员甲"}
    with pytest.raises(Invalid):
        do(case, CaseAct.RECORD_ON_SITE, people.lhasa_officer, **{**visit, "place": ""})
    with pytest.raises(Invalid):
        tomorrow = clock.today() + timedelta(days=1)
        do(case, CaseAct.RECORD_ON_SITE, people.lhasa_officer, **{**visit, "visited_on": tomorrow})
    files = [("现场照片.png", io.BytesIO(PNG))]
    case = do(case, CaseAct.RECORD_ON_SITE, people.lhasa_officer, files=files, note="读数不符", **visit)
    assert case.status is CaseStatus.UNDER_VERIFICATION
    told = reading.account(queries.case_by_id(case.id))
    (check,) = told.checks.values()
    assert (check.place, check.participants) == ("样本厂区东门", "样本检查员甲")
    assert [item.name for item in next(iter(told.files.values()))] == ["现场照片.png"]
    rows = ""
    for table in ("complaint_case", "complaint_event", "complaint_evidence", "complaint_allegation", "audit_record"):
        for row in db.session.execute(text(f"SELECT * FROM {table}")):
            rows += "|".join(
                bytes(v).decode("utf-8", "replace") if isinstance(v, bytes | memoryview) else str(v) for v in row
            )
    db.session.rollback()
    for secret in ("样本厂区东门", "样本检查员甲", "现场照片", "秘密的举报事项"):
        assert secret not in rows


def test_files_of_the_staff_are_not_the_complainants_to_see(filed, people, do):
    case = do(filed.filing, CaseAct.ACCEPT, people.lhasa_officer)
    do(case, CaseAct.VERIFY, people.lhasa_officer, files=[("内部记录.png", io.BytesIO(PNG))])
    case = queries.case_by_id(case.id)
    assert [item.name for item in sealing.opened(case, for_filer=True).files] == ["电表照片.png"]
    assert len(sealing.opened(case, for_filer=False).files) == 2


def test_an_act_that_is_refused_keeps_no_attachment(filed, people, do):
    store = current_vault().store
    before = set(store.keys("evidence/"))
    case = do(filed.filing, CaseAct.ACCEPT, people.lhasa_officer)
    with pytest.raises(NotTaken):
        bad = [("好.png", io.BytesIO(PNG)), ("坏.exe", io.BytesIO(b"MZ" + b"\0" * 300))]
        do(case, CaseAct.VERIFY, people.lhasa_officer, files=bad)
    with pytest.raises(Stale):
        stale = services.Instruction(version=1, note="x", files=[("好.png", io.BytesIO(PNG))])
        services.act(case.id, CaseAct.VERIFY, stale, by=people.lhasa_officer)
    db.session.rollback()
    assert set(store.keys("evidence/")) == before
    assert len(db.session.query(Evidence).all()) == 1


# Rectification


def test_a_unit_answers_its_order_with_number_and_secret(ordered, people):
    printed = services.print_order(ordered.id, ordered.version, by=people.determiner)
    order = rectification.follow(printed.order.number.lower().replace("-", " "), printed.secret.lower())
    assert orders.opened(order).measures == "请更正电表读数。"
    rectification.answer(order.id, "已更正，附新读数照片。", [("新读数.png", io.BytesIO(PNG))])
    order = orders.order_by_id(order.id)
    assert order.state is OrderState.ANSWERED
    (entry,) = orders.opened(order).entries
    assert (entry.text, list(entry.files)) == ("已更正，附新读数照片。", ["新读数.png"])
    case = queries.case_by_id(ordered.id)
    answer = case.events[-1]
    assert sealing.opened(case, for_filer=True).timeline[-1].note == ""
    assert sealing.opened(case, for_filer=False).timeline[-1].note == "已更正，附新读数照片。"
    assert [item.origin for item in case.evidence] == [Origin.COMPLAINANT, Origin.ENTERPRISE]
    assert case.evidence[1].event_id == answer.id


def test_the_unit_reads_nothing_of_the_complaint(ordered, people, do):
    do(ordered, CaseAct.MESSAGE, people.lhasa_officer, note="写给举报人的话")
    order = orders.running_order(ordered)
    told = repr(orders.opened(order))
    assert "写给举报人的话" not in told
    assert "说明文字" not in told
    assert ordered.receipt not in told


def test_a_new_letter_ends_the_one_before(ordered, people):
    first = services.print_order(ordered.id, ordered.version, by=people.determiner)
    case = queries.case_by_id(ordered.id)
    second = services.print_order(case.id, case.version, by=people.determiner)
    with pytest.raises(WrongOrderSecret):
        rectification.follow(first.order.number, first.secret)
    assert rectification.follow(second.order.number, second.secret).id == first.order.id


def test_without_a_letter_nobody_opens_an_order(ordered):
    order = orders.running_order(ordered)
    for number, secret in ((order.number, ""), (order.number, "0" * 64), (ordered.receipt, ""), ("ZG26-0000", "x")):
        with pytest.raises(WrongOrderSecret):
            rectification.follow(number, secret)


def test_the_number_of_a_complaint_is_none_of_an_order(ordered):
    with pytest.raises(InvalidIdentifier):
        normalize_number(ordered.receipt)
    number = orders.running_order(ordered).number
    assert normalize_number(number.replace("-", "").lower()) == number


def test_more_time_is_given_with_a_reason_and_only_forward(ordered, people, do):
    due = ordered.due_on
    with pytest.raises(Invalid):
        do(ordered, CaseAct.EXTEND_RECTIFICATION, people.determiner, rectify_by=due)
    with pytest.raises(NotPermitted):
        do(ordered, CaseAct.EXTEND_RECTIFICATION, people.lhasa_officer, rectify_by=due + WEEK)
    case = do(ordered, CaseAct.EXTEND_RECTIFICATION, people.determiner, rectify_by=due + WEEK, note="设备到货推迟")
    assert case.due_on == due + WEEK
    order = orders.running_order(case)
    assert order.due_on == due + WEEK
    assert orders.opened(order).entries[-1].text == "设备到货推迟"


def test_the_recheck_ends_the_order(ordered, people, do):
    visit = {"visited_on": clock.today(), "place": "样本厂区", "participants": "甲"}
    assert do(ordered, CaseAct.RECORD_ON_SITE, people.lhasa_officer, **visit).status is CaseStatus.UNDER_RECTIFICATION
    case = do(ordered, CaseAct.CONFIRM_RECTIFICATION, people.lhasa_officer)
    (order,) = orders.orders_of(case)
    assert (case.status, order.state) == (CaseStatus.CLOSED, OrderState.CONFIRMED)
    with pytest.raises(IllegalTransition):
        rectification.answer(order.id, "迟到的答复", [])


def test_an_order_that_failed_takes_no_answer_and_the_next_one_does(ordered, people, do):
    first = orders.running_order(ordered)
    do(ordered, CaseAct.FAIL_RECTIFICATION, people.lhasa_officer)
    day = clock.today() + timedelta(days=30)
    case = do(ordered, CaseAct.ORDER_RECTIFICATION, people.determiner, rectify_by=day)
    second = orders.running_order(case)
    assert second.id != first.id
    with pytest.raises(IllegalTransition):
        rectification.answer(first.id, "给旧通知的答复", [])
    rectification.answer(second.id, "给新通知的答复", [])


def test_an_order_that_is_not_met_in_time_is_escalated(ordered):
    with days_later(61):
        assert services.escalate_overdue() == 1
    with days_later(62):
        assert services.escalate_overdue() == 0


# What the register gives back


def test_a_determination_is_taken_back_while_its_announcement_is_a_draft(reported, units, people, do):
    case = do(reported, CaseAct.REMOVE, people.determiner, removal_ground=RemovalGround.FALSE_MATERIAL)
    do(case, CaseAct.CLOSE, people.determiner)
    document = queries.case_by_id(case.id).document
    content.submit(document, by=people.editor)
    with pytest.raises(UnderReview):
        do(case, CaseAct.TAKE_BACK, people.determiner)
    content.send_back(document, note="请修改", by=people.reviewer)
    case = do(case, CaseAct.TAKE_BACK, people.determiner, note="证据需要补充")
    assert (case.status, case.outcome, case.document_id) == (CaseStatus.REPORTED, None, None)
    assert case.due_on == NATIONAL.add(clock.today(), 15)
    assert acts(case).count(CaseAct.TAKE_BACK) == 1
    entry = units.lhasa.entries[0]
    db.session.refresh(entry)
    assert entry.status is EntryStatus.ACTIVE
    content.submit(document, by=people.editor)
    with pytest.raises(NothingToAnnounce):
        content.publish(document, by=people.reviewer)
    again = do(case, CaseAct.REMOVE, people.determiner, removal_ground=RemovalGround.SERIOUS_PROBLEMS)
    assert again.outcome is Outcome.REMOVAL
    assert again.document_id != document.id


def test_what_was_announced_is_not_taken_back(reported, people, do):
    case = do(reported, CaseAct.REMOVE, people.determiner, removal_ground=RemovalGround.FALSE_MATERIAL)
    document = queries.case_by_id(case.id).document
    content.submit(document, by=people.editor)
    content.publish(document, by=people.reviewer)
    with pytest.raises(IllegalTransition):
        do(case, CaseAct.TAKE_BACK, people.determiner)


def test_cases_that_share_an_announcement_fall_together(reported, units, people, do):
    other = services.file_complaint(filing(respondent_of("", units.lhasa.name)), services.new_token()).filing
    do(other, CaseAct.ACCEPT, people.lhasa_officer)
    do(other, CaseAct.VERIFY, people.lhasa_officer)
    do(other, CaseAct.REPORT, people.lhasa_officer, finding=Finding.SUBSTANTIATED)
    for case in (reported, other):
        do(case, CaseAct.REMOVE, people.determiner, removal_ground=RemovalGround.FALSE_MATERIAL)
    do(other, CaseAct.TAKE_BACK, people.determiner)
    assert queries.case_by_id(reported.id).status is CaseStatus.DETERMINED
    do(other, CaseAct.REMOVE, people.determiner, removal_ground=RemovalGround.FALSE_MATERIAL)
    do(reported, CaseAct.TAKE_BACK, people.determiner)
    for case in (reported, other):
        found = queries.case_by_id(case.id)
        db.session.refresh(found)
        assert found.status is CaseStatus.REPORTED
        assert acts(case)[-1] is CaseAct.TAKE_BACK


def test_two_complaints_about_one_unit_are_ended_by_one_announcement(reported, units, people, do):
    other = services.file_complaint(filing(respondent_of("", units.lhasa.name)), services.new_token()).filing
    do(other, CaseAct.ACCEPT, people.lhasa_officer)
    do(other, CaseAct.VERIFY, people.lhasa_officer)
    do(other, CaseAct.REPORT, people.lhasa_officer, finding=Finding.SUBSTANTIATED)
    for case in (reported, other):
        do(case, CaseAct.REMOVE, people.determiner, removal_ground=RemovalGround.FALSE_MATERIAL)
    document = queries.case_by_id(reported.id).document
    assert queries.case_by_id(other.id).document_id == document.id
    content.submit(document, by=people.editor)
    content.publish(document, by=people.reviewer)
    for case in (reported, other):
        assert acts(case).count(CaseAct.ANNOUNCE) == 1
    assert audit.verify() is None
