"""Article 24 through the database: taken once, sealed, routed, verified by one, determined by another."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from portal.complaints import clocks, queries, services
from portal.complaints.handling import services as handling
from portal.complaints.models import Case, Evidence
from portal.complaints.respondents import Respondent, respondent_of
from portal.complaints.rules import (
    CaseAct,
    CaseStatus,
    Finding,
    NotOurs,
    Outcome,
    RefusalGround,
    VerifierCannotDetermine,
    WrongRespondent,
)
from portal.content import services as content
from portal.filings import sealing
from portal.filings.taking import AlreadyFiled, NotTaken, WrongSecret
from portal.foundation import audit, clock
from portal.foundation.database import db
from portal.foundation.errors import Invalid, NotFound, NotPermitted, Stale
from portal.foundation.workdays import NATIONAL
from portal.foundation.workflow import IllegalTransition
from portal.register.rules import EntryStatus, ExclusionGround, RemovalGround
from portal.vault import current_vault
from tests.complaints.conftest import NAME, NUMBER, PHONE, PNG, STATEMENT, filing


def test_a_complaint_goes_to_the_authority_where_the_unit_is_located(filed, people):
    assert filed.filing.authority.code == "lhasa"
    assert filed.filing.status is CaseStatus.FILED
    assert filed.filing.due_on == NATIONAL.add(clock.today(), 15)


def test_receipt_and_secret_open_the_case_and_nothing_else_does(filed):
    assert services.follow(filed.filing.receipt.lower().replace("-", " "), filed.secret.lower()).id == filed.filing.id
    other = services.file_complaint(filing(Respondent("某某样本公司")), services.new_token())
    for receipt, secret in (
        (filed.filing.receipt, other.secret),
        (other.filing.receipt, filed.secret),
        ("XZ26-0000", filed.secret),
        (filed.filing.receipt, ""),
    ):
        with pytest.raises(WrongSecret):
            services.follow(receipt, secret)


def test_identity_statement_and_file_lie_nowhere_in_clear(app, filed, people):
    services.add_reply(filed.filing.id, "补充：" + STATEMENT, [])
    settings = app.extensions["portal.settings"]
    needles = [needle.encode() for needle in (NAME, NUMBER, PHONE, STATEMENT[:12], "电表照片", filed.secret)]
    rows = b""
    for table in ("complaint_case", "complaint_event", "complaint_evidence", "audit_record"):
        for row in db.session.execute(text(f"SELECT * FROM {table}")):
            rows += b"|".join(
                bytes(value) if isinstance(value, memoryview | bytes) else str(value).encode() for value in row
            )
    db.session.rollback()
    files = b"".join(path.read_bytes() for path in (settings.data_dir / "files").rglob("*") if path.is_file())
    assert len(files) > len(PNG)
    assert PNG not in files
    for needle in needles:
        assert needle not in rows
        assert needle not in files


def test_the_same_form_sent_twice_is_one_complaint_with_one_secret(units):
    token = services.new_token()
    wanted = Respondent(units.lhasa.name, units.lhasa)
    first = services.file_complaint(filing(wanted), token)
    again = services.file_complaint(filing(wanted, files=[("电表照片.png", io.BytesIO(PNG))]), token)
    assert again.filing.id == first.filing.id
    assert again.secret == first.secret
    assert db.session.scalars(select(Case)).unique().all() == [first.filing]


def test_the_same_form_with_other_content_is_refused_and_names_the_receipt(units):
    token = services.new_token()
    wanted = Respondent(units.lhasa.name, units.lhasa)
    first = services.file_complaint(filing(wanted), token)
    with pytest.raises(AlreadyFiled) as refused:
        services.file_complaint(filing(wanted, statement="另外一件完全不同的事情，需要另行说明的情况。"), token)
    assert refused.value.receipt == first.filing.receipt


def test_a_token_that_somebody_chose_is_worth_nothing(units):
    wanted = Respondent(units.lhasa.name, units.lhasa)
    first = services.file_complaint(filing(wanted), "guessed")
    second = services.file_complaint(filing(wanted, files=[("a.png", io.BytesIO(PNG))]), "guessed")
    assert first.secret != second.secret


def test_a_unit_of_another_province_is_not_ours_and_says_whose_it_is(units):
    with pytest.raises(NotOurs) as refused:
        services.file_complaint(filing(Respondent(units.elsewhere.name, units.elsewhere)), services.new_token())
    assert "四川" in str(refused.value.message)
    assert not db.session.scalars(select(Case)).first()


def test_an_agency_from_elsewhere_goes_to_the_authority_of_the_unit_it_evaluated(units):
    found = respondent_of(units.agency.public_id, evaluated=units.lhasa.public_id)
    assert services.file_complaint(filing(found), services.new_token()).filing.authority.code == "lhasa"


def test_an_agency_of_the_region_goes_where_it_is_located(units):
    found = respondent_of("", units.local_agency.name)
    assert services.file_complaint(filing(found), services.new_token()).filing.authority.code == "lhasa"


def test_where_nobody_is_named_the_department_assigns(units, people, do):
    case = services.file_complaint(filing(Respondent("名单里找不到的样本单位")), services.new_token()).filing
    assert case.authority.code == "department"
    with pytest.raises(NotFound):
        do(case, CaseAct.ACCEPT, people.shigatse_officer)
    do(case, CaseAct.ASSIGN, people.determiner, authority="shigatse")
    assert do(case, CaseAct.ACCEPT, people.shigatse_officer).status is CaseStatus.ACCEPTED


@pytest.mark.parametrize(
    ("name", "content_of", "words"),
    [("空.png", b"", "empty"), ("x.exe", b"MZ" + b"\0" * 400, "type"), ("x.png", b"<html><script>", "type")],
)
def test_a_file_that_is_refused_leaves_nothing_behind(app, units, name, content_of, words):
    store = current_vault().store
    before = set(store.keys("evidence/"))
    files = [("好.png", io.BytesIO(PNG)), (name, io.BytesIO(content_of))]
    with pytest.raises(NotTaken) as refused:
        services.file_complaint(filing(Respondent(units.lhasa.name, units.lhasa), files=files), services.new_token())
    assert refused.value.name == name
    assert set(store.keys("evidence/")) == before
    assert not db.session.scalars(select(Evidence)).first()


def test_the_whole_way_to_removal_and_its_announcement(reported, units, people, do):
    case = do(reported, CaseAct.REMOVE, people.determiner, removal_ground=RemovalGround.FALSE_MATERIAL)
    assert case.status is CaseStatus.DETERMINED
    assert case.outcome is Outcome.REMOVAL
    entry = units.lhasa.entries[0]
    db.session.refresh(entry)
    assert entry.status is EntryStatus.PENDING_REMOVAL
    document = case.document
    assert document.title.zh
    assert document.title.bo
    content.submit(document, by=people.editor)
    content.publish(document, by=people.reviewer)
    db.session.refresh(entry)
    assert entry.status is EntryStatus.REMOVED
    assert do(case, CaseAct.CLOSE, people.determiner).status is CaseStatus.CLOSED
    assert audit.verify() is None


def test_an_agency_is_excluded_for_three_years_from_its_announcement(units, people, do):
    found = respondent_of(units.agency.public_id, evaluated=units.lhasa.public_id)
    case = services.file_complaint(filing(found), services.new_token()).filing
    do(case, CaseAct.ACCEPT, people.lhasa_officer)
    do(case, CaseAct.VERIFY, people.lhasa_officer)
    do(case, CaseAct.REPORT, people.lhasa_officer, finding=Finding.SUBSTANTIATED)
    with pytest.raises(WrongRespondent):
        do(case, CaseAct.REMOVE, people.determiner, removal_ground=RemovalGround.FALSE_MATERIAL)
    case = do(case, CaseAct.EXCLUDE, people.determiner, exclusion_ground=ExclusionGround.FALSIFICATION)
    assert not units.agency.excluded_on(clock.today())
    content.submit(case.document, by=people.editor)
    content.publish(case.document, by=people.reviewer)
    db.session.refresh(units.agency)
    today = clock.today()
    assert units.agency.excluded_on(today)
    assert units.agency.excluded_on(today.replace(year=today.year + 3) - timedelta(days=1))
    assert not units.agency.excluded_on(today.replace(year=today.year + 3) + timedelta(days=1))


def test_rectification_is_checked_by_the_authority_and_closes_the_case(reported, people, do):
    by = clock.today() + timedelta(days=60)
    case = do(reported, CaseAct.ORDER_RECTIFICATION, people.determiner, rectify_by=by)
    assert case.due_on == by
    assert do(case, CaseAct.CONFIRM_RECTIFICATION, people.lhasa_officer).status is CaseStatus.CLOSED


def test_failed_rectification_comes_back_to_the_department(reported, people, do):
    by = clock.today() + timedelta(days=60)
    case = do(reported, CaseAct.ORDER_RECTIFICATION, people.determiner, rectify_by=by)
    assert do(case, CaseAct.FAIL_RECTIFICATION, people.lhasa_officer).status is CaseStatus.REPORTED
    again = do(case, CaseAct.REMOVE, people.determiner, removal_ground=RemovalGround.SERIOUS_PROBLEMS)
    assert again.outcome is Outcome.REMOVAL


def test_a_returned_case_is_verified_again(reported, people, do):
    case = do(reported, CaseAct.RETURN, people.determiner)
    assert case.status is CaseStatus.UNDER_VERIFICATION
    assert do(case, CaseAct.REPORT, people.lhasa_officer, finding=Finding.PARTLY).finding is Finding.PARTLY


def test_asking_for_a_supplement_stops_the_clock(filed, people, do):
    due = filed.filing.due_on
    case = do(filed.filing, CaseAct.REQUEST_SUPPLEMENT, people.lhasa_officer)
    assert case.days_left == 15
    services.add_reply(case.id, "补充材料", [("b.png", io.BytesIO(PNG))])
    db.session.refresh(case)
    assert case.status is CaseStatus.FILED
    assert case.due_on == due
    assert len(case.evidence) == 2


def test_a_refusal_has_a_ground_and_ends_the_case(filed, people, do):
    with pytest.raises(Invalid):
        do(filed.filing, CaseAct.REFUSE, people.lhasa_officer)
    case = do(filed.filing, CaseAct.REFUSE, people.lhasa_officer, refusal_ground=RefusalGround.NO_EVIDENCE)
    assert case.status is CaseStatus.REFUSED
    with pytest.raises(IllegalTransition):
        services.add_reply(case.id, "我不同意", [])


def test_an_officer_of_another_prefecture_finds_no_case(filed, people, do):
    with pytest.raises(NotFound):
        do(filed.filing, CaseAct.ACCEPT, people.shigatse_officer)


@pytest.mark.parametrize("who", ["editor", "reviewer", "administrator", "auditor", "lhasa_editor"])
def test_nobody_else_sees_a_case(filed, people, who):
    with pytest.raises(NotFound):
        queries.case_for(filed.filing.id, getattr(people, who))


def test_a_determiner_does_not_verify_and_an_officer_does_not_determine(filed, reported, people, do):
    with pytest.raises(NotPermitted):
        do(reported, CaseAct.FIND_UNSUBSTANTIATED, people.lhasa_officer)
    other = services.file_complaint(filing(respondent_of("", "样本拉萨绿色建材有限公司")), services.new_token()).filing
    with pytest.raises(NotPermitted):
        do(other, CaseAct.ACCEPT, people.determiner)


def test_whoever_verified_cannot_determine_even_with_both_roles(reported, people, do, monkeypatch):
    from portal.authorities.models import Person
    from portal.authorities.rules import Role

    # The officer moved to the department meanwhile.
    monkeypatch.setattr(Person, "role_set", frozenset({Role.DEPARTMENT_DETERMINER}))
    with pytest.raises(VerifierCannotDetermine):
        do(reported, CaseAct.FIND_UNSUBSTANTIATED, people.lhasa_officer)


def test_a_stale_page_is_refused_and_changes_nothing(filed, people, do):
    version = filed.filing.version
    do(filed.filing, CaseAct.MESSAGE, people.lhasa_officer)
    with pytest.raises(Stale):
        services.act(
            filed.filing.id, CaseAct.ACCEPT, services.Instruction(version=version, note="x"), by=people.lhasa_officer
        )
    db.session.rollback()
    assert db.session.get(Case, filed.filing.id).status is CaseStatus.FILED


def test_a_double_click_is_one_act(filed, people):
    instruction = services.Instruction(version=filed.filing.version)
    services.act(filed.filing.id, CaseAct.ACCEPT, instruction, by=people.lhasa_officer)
    with pytest.raises((Stale, IllegalTransition)):
        services.act(filed.filing.id, CaseAct.ACCEPT, instruction, by=people.lhasa_officer)
    db.session.rollback()
    case = queries.case_by_id(filed.filing.id)
    assert [event.act for event in case.events].count(CaseAct.ACCEPT) == 1


def test_opening_the_identity_needs_a_reason_and_the_complainant_sees_it(filed, people):
    handling.assign(filed.filing.id, filed.filing.version, people.lhasa_officer.id, by=people.lhasa_officer)
    with pytest.raises(Invalid):
        services.open_identity(filed.filing.id, " ", by=people.lhasa_officer)
    identity = services.open_identity(filed.filing.id, "电话核实举报内容", by=people.lhasa_officer)
    assert (identity.name, identity.id_number) == (NAME, NUMBER)
    seen = sealing.opened(queries.case_by_id(filed.filing.id), for_filer=True)
    assert ("电话核实举报内容", CaseAct.OPEN_IDENTITY) in [(entry.note, entry.event.act) for entry in seen.timeline]


def test_the_complainant_does_not_read_internal_notes(reported):
    seen = sealing.opened(queries.case_by_id(reported.id), for_filer=True)
    notes = {entry.event.act: entry.note for entry in seen.timeline}
    assert notes[CaseAct.VERIFY] == ""
    assert notes[CaseAct.REPORT] == ""


def test_evidence_comes_back_as_it_was_sent_and_its_reading_is_recorded(filed, people):
    officer = people.lhasa_officer
    before = audit.count()
    _record, name, content_of = services.FILES.read(filed.filing.id, filed.filing.evidence[0].id, by=officer)
    assert (name, b"".join(content_of)) == ("电表照片.png", PNG)
    assert audit.count() == before + 1


def test_without_its_key_a_case_does_not_open(filed):
    from portal.vault.boxes import Unsealable

    filed.filing.wrapped_key = current_vault().new_box("complaint other").wrapped
    with pytest.raises(Unsealable):
        sealing.identity_of(filed.filing)
    db.session.rollback()


def test_a_date_beyond_the_known_calendar_is_not_guessed(reported, people, do):
    assert reported.clock_days == 15
    with_known_date = clocks.promised(reported)
    reported.clock_from = reported.clock_from.replace(year=2030)
    assert clocks.promised(reported) is None
    assert with_known_date is not None
    db.session.rollback()
