"""Around a case at its desk: notes, related cases, declared interests, consent, templates, and leaving."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal.authorities import queries as accounts_queries
from portal.authorities import services as accounts
from portal.authorities.rules import Role
from portal.complaints import queries, services
from portal.complaints.handling import queries as handling_queries
from portal.complaints.handling import queue as queues
from portal.complaints.handling import services as handling
from portal.complaints.handling.models import CaseInterest, DeskEntry, IdentityRequest, ReplyTemplate
from portal.complaints.handling.rules import (
    REQUEST_LASTS,
    Assignment,
    CannotTake,
    ConsentNeeded,
    DeskAct,
    InterestDeclared,
    InterestStands,
    NotRelated,
    OwnRequest,
    QueueView,
    RequestOver,
    RequestState,
    assigning_act,
    may_open_alone,
    may_take_back_interest,
    request_state,
)
from portal.complaints.respondents import Respondent
from portal.complaints.rules import CaseAct, CaseStatus
from portal.filings import sealing
from portal.foundation import audit, clock
from portal.foundation.database import db
from portal.foundation.errors import Invalid, NotFound, NotPermitted
from portal.foundation.languages import Language, Localized
from portal.foundation.outbox import Channel
from portal.operations.outbox import delivering
from portal.register.rules import RemovalGround
from tests.complaints.conftest import NAME, filing

SECRET_NOTE = "此人是举报人的亲戚，电话已核对。"


@pytest.fixture
def colleague(people, make_person):
    """A second officer of Lhasa."""
    return accounts.create_account(
        "second.lhasa@portal.test",
        "second",
        accounts_queries.authority_by_code("lhasa"),
        {Role.PREFECTURE_OFFICER},
        "correct horse battery",
    )


@pytest.fixture
def mine(filed, people):
    """A complaint that the officer of Lhasa works on."""
    return handling.assign(filed.filing.id, filed.filing.version, people.lhasa_officer.id, by=people.lhasa_officer)


def another(units, **changes):
    """One more complaint about the unit of Lhasa."""
    return services.file_complaint(filing(Respondent(units.lhasa.name, units.lhasa), **changes), services.new_token())


def version(case):
    db.session.refresh(case)
    return case.version


# ---------------------------------------------------------------- taking up, notes


def test_whoever_acts_first_on_a_case_of_nobody_works_on_it(filed, people, do):
    do(filed.filing, CaseAct.ACCEPT, people.lhasa_officer)
    assert filed.filing.assignee_id == people.lhasa_officer.id


def test_acting_on_a_colleagues_case_does_not_take_it_away(mine, people, colleague, do):
    do(mine, CaseAct.ACCEPT, colleague)
    assert mine.assignee_id == people.lhasa_officer.id


def test_a_note_is_sealed_and_the_complainant_never_reads_it(mine, people, client):
    handling.add_note(mine.id, SECRET_NOTE, by=people.lhasa_officer)
    entry = db.session.scalars(select(DeskEntry).where(DeskEntry.act == DeskAct.NOTE)).one()
    assert SECRET_NOTE.encode() not in entry.sealed_text
    seen = sealing.opened(queries.case_by_id(mine.id), for_filer=True)
    assert all(SECRET_NOTE not in line.note for line in seen.timeline)
    assert all(SECRET_NOTE not in str(record.data) for record in db.session.scalars(select(audit.AuditRecord)))
    lines = handling_queries.surroundings(queries.case_for(mine.id, people.lhasa_officer), people.lhasa_officer).diary
    assert lines[0].text == SECRET_NOTE


def test_a_note_does_not_make_the_page_of_a_colleague_stale(mine, people):
    before = version(mine)
    handling.add_note(mine.id, "备注", by=people.lhasa_officer)
    assert version(mine) == before


def test_strangers_write_no_notes(mine, people):
    with pytest.raises(NotFound):
        handling.add_note(mine.id, "备注", by=people.shigatse_officer)
    with pytest.raises(Invalid):
        handling.add_note(mine.id, "  ", by=people.lhasa_officer)


# ---------------------------------------------------------------- related cases


def test_cases_on_one_respondent_are_linked_and_chains_become_one_group(units, people):
    one, two, three, four = (another(units, files=[]).filing for _ in range(4))
    handling.link(one.id, [two.id], by=people.lhasa_officer)
    handling.link(three.id, [four.id], by=people.lhasa_officer)
    handling.link(four.id, [one.id], by=people.lhasa_officer)
    found = handling_queries.linked(queries.case_for(two.id, people.lhasa_officer), people.lhasa_officer)
    assert {case.id for case in found} == {one.id, three.id, four.id}
    handling.unlink(two.id, by=people.lhasa_officer)
    assert handling_queries.linked(queries.case_for(two.id, people.lhasa_officer), people.lhasa_officer) == []
    others = handling_queries.others(queries.case_for(two.id, people.lhasa_officer), people.lhasa_officer)
    assert {case.id for case in others} == {one.id, three.id, four.id}


def test_the_last_of_a_group_stands_alone(units, people):
    one, two = another(units).filing, another(units, files=[]).filing
    handling.link(one.id, [two.id], by=people.lhasa_officer)
    handling.unlink(one.id, by=people.lhasa_officer)
    db.session.refresh(two)
    assert two.related_group is None


def test_cases_on_different_respondents_are_not_linked(filed, units, people):
    stranger = services.file_complaint(filing(Respondent("样本某某公司")), services.new_token()).filing
    with pytest.raises(NotRelated):
        handling.link(filed.filing.id, [stranger.id], by=people.determiner)
    with pytest.raises(NotRelated):
        handling.link(filed.filing.id, [filed.filing.id], by=people.determiner)


def test_a_linked_case_is_determined_in_the_same_way_with_an_answer_of_its_own(reported, units, people, do, login):
    twin = another(units).filing
    do(twin, CaseAct.ACCEPT, people.lhasa_officer)
    do(twin, CaseAct.VERIFY, people.lhasa_officer)
    do(twin, CaseAct.REPORT, people.lhasa_officer, finding="substantiated")
    handling.link(reported.id, [twin.id], by=people.determiner)
    ground = RemovalGround.FALSE_MATERIAL
    do(reported, CaseAct.REMOVE, people.determiner, removal_ground=ground, note="材料不实，移出名单")
    browser = login(people.determiner)
    page = browser.get(f"/desk/determination/{reported.id}")
    assert f"/desk/determination/{twin.id}?like={reported.id}" in page.text
    form = browser.get(f"/desk/determination/{twin.id}?like={reported.id}")
    assert "材料不实，移出名单" in form.text
    assert re.search(rf'<option selected value="{ground}">', form.text)
    do(twin, CaseAct.REMOVE, people.determiner, removal_ground=ground, note="您的举报属实")
    assert twin.document_id == reported.document_id


def test_nothing_is_copied_from_a_case_that_is_not_linked(reported, units, people, login):
    stranger = another(units, files=[]).filing
    answer = login(people.determiner).get(f"/desk/determination/{reported.id}?like={stranger.id}")
    assert answer.status_code == 422


# ---------------------------------------------------------------- interests


def test_whoever_declares_an_interest_can_neither_open_nor_act_nor_be_given_the_case(
    mine, people, colleague, login, do
):
    handling.declare_interest(mine.id, "被举报单位负责人是我弟弟", by=people.lhasa_officer)
    db.session.refresh(mine)
    assert mine.assignee_id is None
    with pytest.raises(InterestDeclared):
        queries.case_for(mine.id, people.lhasa_officer)
    with pytest.raises(InterestDeclared):
        do(mine, CaseAct.ACCEPT, people.lhasa_officer)
    with pytest.raises(InterestDeclared):
        services.FILES.read(mine.id, mine.evidence[0].id, by=people.lhasa_officer)
    with pytest.raises(InterestDeclared):
        services.open_identity(mine.id, "想看一看", by=people.lhasa_officer)
    with pytest.raises(CannotTake):
        handling.assign(mine.id, version(mine), people.lhasa_officer.id, by=colleague)
    assigned = handling.assign_many([(mine.id, version(mine))], people.lhasa_officer.id, by=people.determiner)
    assert assigned.skipped == [mine.receipt]
    browser = login(people.lhasa_officer)
    assert browser.get(f"/desk/verification/{mine.id}").status_code == 403
    assert mine.receipt not in browser.get("/desk/verification/").text
    assert queues.page(people.lhasa_officer, tuple(CaseStatus), QueueView(), None).items == []


def test_the_reason_of_an_interest_is_sealed(mine, people):
    handling.declare_interest(mine.id, "被举报单位负责人是我弟弟", by=people.lhasa_officer)
    row = db.session.scalars(select(CaseInterest)).one()
    assert "弟弟".encode() not in row.sealed_reason
    assert all("弟弟" not in str(record.data) for record in db.session.scalars(select(audit.AuditRecord)))


def test_an_interest_needs_a_reason_and_is_declared_once(mine, people):
    with pytest.raises(Invalid):
        handling.declare_interest(mine.id, " ", by=people.lhasa_officer)
    handling.declare_interest(mine.id, "亲属关系", by=people.lhasa_officer)
    with pytest.raises(InterestDeclared):
        handling.declare_interest(mine.id, "亲属关系", by=people.lhasa_officer)


def test_the_department_gives_the_case_to_somebody_without_an_interest(mine, people, colleague):
    handling.declare_interest(mine.id, "亲属关系", by=people.lhasa_officer)
    assert [person.id for person in handling_queries.surroundings(mine, people.determiner).colleagues] == [colleague.id]
    handling.assign(mine.id, version(mine), colleague.id, by=people.determiner)
    assert mine.assignee_id == colleague.id


@pytest.fixture
def declared(filed, people):
    """An interest that an officer declared in a case on which they had not acted."""
    handling.declare_interest(filed.filing.id, "与被举报单位同名者有亲属关系", by=people.lhasa_officer)
    return db.session.scalars(select(CaseInterest)).one()


def take_back(interest, by, reason="同名误认，已核实"):
    return handling.take_back_interest(interest.case_id, interest.id, reason, by=by)


def test_the_department_takes_a_mistaken_interest_back_and_it_can_be_declared_anew(declared, people):
    case = take_back(declared, people.determiner)
    assert queries.case_for(case.id, people.lhasa_officer).id == case.id
    assert case.assignee_id is None
    handling.assign(case.id, version(case), people.lhasa_officer.id, by=people.determiner)
    line = handling_queries.surroundings(case, people.determiner).diary[1]
    assert (line.entry.act, line.entry.colleague_id, line.text) == (
        DeskAct.TAKE_BACK_INTEREST, people.lhasa_officer.id, "同名误认，已核实",
    )  # fmt: skip
    records = [(row.action, row.actor) for row in db.session.scalars(select(audit.AuditRecord))]
    assert ("complaints.desk.take_back_interest", people.determiner.actor) in records
    db.session.refresh(declared)
    assert sealing.open_filing(case).open_text(declared.sealed_reason, "interest") == "与被举报单位同名者有亲属关系"
    with pytest.raises(NotFound):
        take_back(declared, people.determiner)
    handling.declare_interest(case.id, "确有亲属关系", by=people.lhasa_officer)
    with pytest.raises(InterestDeclared):
        queries.case_for(case.id, people.lhasa_officer)


def test_an_interest_is_taken_back_only_with_a_reason_and_by_the_department(declared, people, colleague):
    with pytest.raises(Invalid):
        take_back(declared, people.determiner, " ")
    for who, refused in ((people.lhasa_officer, InterestDeclared), (people.shigatse_officer, NotFound)):
        with pytest.raises(refused):
            take_back(declared, who)
    with pytest.raises(NotPermitted):
        take_back(declared, colleague)


def test_a_determiner_takes_back_no_interest_of_their_own(filed, people):
    handling.declare_interest(filed.filing.id, "亲属关系", by=people.determiner)
    with pytest.raises(InterestDeclared):
        take_back(db.session.scalars(select(CaseInterest)).one(), people.determiner)


def test_whoever_acted_first_and_declared_then_keeps_away_for_good(mine, people, do):
    do(mine, CaseAct.ACCEPT, people.lhasa_officer)
    handling.declare_interest(mine.id, "亲属关系", by=people.lhasa_officer)
    with pytest.raises(InterestStands):
        take_back(db.session.scalars(select(CaseInterest)).one(), people.determiner)


def test_an_interest_is_taken_back_at_the_departments_desk(declared, people, login):
    page = f"/desk/determination/{declared.case_id}"
    browser = login(people.determiner)
    assert "与被举报单位同名者有亲属关系" in browser.get(page).text
    assert browser.post(f"{page}/desk/interests/{declared.id}", data={"reason": ""}).status_code == 422
    answer = browser.post(f"{page}/desk/interests/{declared.id}", data={"reason": "同名误认"}, follow_redirects=True)
    assert "同名误认" in answer.text
    assert "与被举报单位同名者有亲属关系" not in answer.text
    assert browser.post(f"{page}/desk/interests/{declared.id}", data={"reason": "同名误认"}).status_code == 404


def test_officers_do_not_read_why_a_colleague_keeps_away(declared, people, colleague, login):
    page = login(colleague).get(f"/desk/verification/{declared.case_id}").text
    assert "与被举报单位同名者有亲属关系" not in page
    assert "/desk/interests/" not in page


@given(declared_by=st.integers(1, 3), by=st.integers(1, 3), determines=st.booleans(), acted=st.booleans())
def test_nobody_takes_back_their_own_interest_nor_one_declared_after_acting(declared_by, by, determines, acted):
    may = may_take_back_interest(declared_by=declared_by, by=by, determines=determines, acted=acted)
    assert may == (determines and not acted and declared_by != by)


# ---------------------------------------------------------------- consent


@pytest.fixture
def mails(app, monkeypatch):
    """What is delivered, as the messages leave."""
    sent = []
    monkeypatch.setattr(
        delivering,
        "outlets",
        lambda _settings: {Channel.MAIL: SimpleNamespace(deliver=lambda delivery, _reference: sent.append(delivery))},
    )
    return sent


def test_those_who_could_consent_are_mailed_the_number_and_the_way(app, mine, people, colleague, mails):
    # Who is there: one who could, one of another authority, one who keeps away.
    assert people.determiner.active
    assert people.shigatse_officer.active
    handling.declare_interest(mine.id, "亲属关系", by=people.lhasa_officer)
    handling.ask_for_identity(mine.id, "代班，需要电话核实", by=colleague)
    delivering.deliver_due(app)
    told = {mail.to: mail.body for mail in mails}
    assert set(told) == {people.determiner.email}
    body = told[people.determiner.email]
    assert mine.receipt in body
    assert f"/desk/determination/{mine.id}" in body
    assert not [word for word in (NAME, "代班", colleague.name) if word in body]


def test_nobody_is_mailed_of_a_request_that_was_decided_meanwhile(app, mine, people, colleague, mails):
    request = handling.ask_for_identity(mine.id, "代班，需要电话核实", by=colleague)
    handling.decide_on_identity(request.id, consent=False, by=people.lhasa_officer)
    assert delivering.deliver_due(app) == 0
    assert mails == []


def test_whoever_works_on_the_case_opens_its_identity_alone(mine, people):
    assert services.open_identity(mine.id, "电话核实", by=people.lhasa_officer).name == NAME


def test_others_need_a_second_person(mine, people, colleague):
    with pytest.raises(ConsentNeeded):
        services.open_identity(mine.id, "电话核实", by=colleague)
    request = handling.ask_for_identity(mine.id, "代班，需要电话核实", by=colleague)
    with pytest.raises(RequestOver):
        handling.open_requested_identity(request.id, by=colleague)
    with pytest.raises(OwnRequest):
        handling.decide_on_identity(request.id, consent=True, by=colleague)
    handling.decide_on_identity(request.id, consent=True, by=people.determiner)
    with pytest.raises(NotFound):
        handling.open_requested_identity(request.id, by=people.lhasa_officer)
    _case, identity = handling.open_requested_identity(request.id, by=colleague)
    assert identity.name == NAME
    with pytest.raises(RequestOver):
        handling.open_requested_identity(request.id, by=colleague)


def test_the_complainant_reads_who_asked_and_why(mine, people, colleague):
    request = handling.ask_for_identity(mine.id, "代班，需要电话核实", by=colleague)
    handling.decide_on_identity(request.id, consent=True, by=people.lhasa_officer)
    handling.open_requested_identity(request.id, by=colleague)
    seen = sealing.opened(queries.case_by_id(mine.id), for_filer=True).timeline
    told = [(line.event.act, line.note) for line in seen][-3:]
    assert told == [
        (CaseAct.ASK_IDENTITY, "代班，需要电话核实"),
        (CaseAct.CONSENT_IDENTITY, ""),
        (CaseAct.OPEN_IDENTITY, "代班，需要电话核实"),
    ]
    row = db.session.scalars(select(IdentityRequest)).one()
    assert "代班".encode() not in row.sealed_reason


def test_a_declined_request_opens_nothing(mine, people, colleague):
    request = handling.ask_for_identity(mine.id, "代班，需要电话核实", by=colleague)
    handling.decide_on_identity(request.id, consent=False, by=people.lhasa_officer)
    for act in (
        lambda: handling.open_requested_identity(request.id, by=colleague),
        lambda: handling.decide_on_identity(request.id, consent=True, by=people.lhasa_officer),
    ):
        with pytest.raises(RequestOver):
            act()


def test_a_consent_ends_after_three_days(mine, people, colleague):
    request = handling.ask_for_identity(mine.id, "代班，需要电话核实", by=colleague)
    handling.decide_on_identity(request.id, consent=True, by=people.lhasa_officer)
    with clock.at(clock.now() + REQUEST_LASTS), pytest.raises(RequestOver):
        handling.open_requested_identity(request.id, by=colleague)


def test_strangers_and_the_interested_consent_to_nothing(mine, people, colleague):
    request = handling.ask_for_identity(mine.id, "代班，需要电话核实", by=colleague)
    with pytest.raises(NotFound):
        handling.decide_on_identity(request.id, consent=True, by=people.shigatse_officer)
    handling.declare_interest(mine.id, "亲属关系", by=people.lhasa_officer)
    with pytest.raises(InterestDeclared):
        handling.decide_on_identity(request.id, consent=True, by=people.lhasa_officer)


def test_taking_a_colleagues_case_is_no_way_around_the_second_person(mine, people, colleague):
    handling.assign(mine.id, version(mine), colleague.id, by=colleague)
    with pytest.raises(ConsentNeeded):
        services.open_identity(mine.id, "电话核实", by=colleague)
    handling.assign(mine.id, version(mine), None, by=colleague)
    handling.assign(mine.id, version(mine), colleague.id, by=people.determiner)
    assert services.open_identity(mine.id, "电话核实", by=colleague).name == NAME


def test_putting_a_colleagues_case_back_and_taking_it_is_no_way_around_either(mine, people, colleague):
    handling.assign(mine.id, version(mine), None, by=colleague)
    handling.assign(mine.id, version(mine), colleague.id, by=colleague)
    with pytest.raises(ConsentNeeded):
        services.open_identity(mine.id, "电话核实", by=colleague)
    # Nor is doing so twice, or acting on it in between.
    handling.assign(mine.id, version(mine), None, by=colleague)
    services.act(mine.id, CaseAct.MESSAGE, services.Instruction(version=version(mine), note="您好。"), by=colleague)
    assert mine.assignee_id == colleague.id
    with pytest.raises(ConsentNeeded):
        services.open_identity(mine.id, "电话核实", by=colleague)


def test_handing_a_colleagues_cases_over_to_oneself_is_none(mine, people, colleague):
    handling.hand_over_all(people.lhasa_officer, colleague.id, by=colleague)
    db.session.refresh(mine)
    assert mine.assignee_id == colleague.id
    with pytest.raises(ConsentNeeded):
        services.open_identity(mine.id, "电话核实", by=colleague)


def test_ones_own_case_put_back_and_taken_again_is_ones_own(mine, people):
    handling.assign(mine.id, version(mine), None, by=people.lhasa_officer)
    handling.assign(mine.id, version(mine), people.lhasa_officer.id, by=people.lhasa_officer)
    assert services.open_identity(mine.id, "电话核实", by=people.lhasa_officer).name == NAME


PEOPLE = st.integers(1, 3)


@given(PEOPLE, st.lists(st.tuples(PEOPLE, st.none() | PEOPLE), max_size=8))
def test_only_the_person_in_charge_opens_alone(person, steps):
    """Whatever others did, nobody who alone took a case from a colleague opens alone."""
    holder, history = None, []
    for by, to in steps:
        history.append(Assignment(assigning_act(holder, to, by), by, to))
        holder = to
    alone = may_open_alone(person, holder, history)
    if holder != person:
        assert not alone
        return
    # Since the last time somebody else had it, a second person must have given it, or put it back.
    last = max((number for number, line in enumerate(history) if line.to_id not in {None, person}), default=None)
    since = history if last is None else history[last + 1 :]
    helped = any(line.by_id != person for line in since)
    if last is not None and not helped:
        assert not alone
    if all(line.by_id == person for line in history):
        assert alone or last is not None


@given(st.timedeltas(timedelta(-9), timedelta(9)), st.booleans(), st.booleans(), st.booleans())
def test_a_request_is_granted_only_within_its_time_and_once(left, consented, declined, used):
    now = clock.now()
    state = request_state(
        now,
        expires_at=now + left,
        consented_at=now if consented else None,
        declined_at=now if declined else None,
        used_at=now if used else None,
    )
    if state is RequestState.GRANTED:
        assert consented
        assert not declined
        assert not used
        assert left > timedelta(0)


# ---------------------------------------------------------------- templates


def test_a_template_is_inserted_in_the_complainants_language(units, people, login):
    text = Localized(zh="请补充证明材料。", bo="དཔང་རྟགས་ཁ་གསབ་གནང་རོགས།")
    template = handling.save_template(None, "补充", text, by=people.lhasa_officer)
    chinese, tibetan = another(units).filing, another(units, language=Language.BO).filing
    browser = login(people.lhasa_officer)
    for case, words, other in ((chinese, text.zh, text.bo), (tibetan, text.bo, text.zh)):
        page = browser.get(f"/desk/verification/{case.id}?template={template.id}&act=request_supplement")
        field = re.search(r'id="request_supplement-note"[^>]*>([^<]*)', page.text)
        assert words in field.group(1)
        assert other not in field.group(1)


def test_templates_belong_to_an_authority(people, login):
    mine = handling.save_template(None, "受理", Localized(zh="已受理。"), by=people.lhasa_officer)
    with pytest.raises(NotFound):
        handling.save_template(mine.id, "受理", Localized(zh="改了"), by=people.shigatse_officer)
    with pytest.raises(NotFound):
        handling.delete_template(mine.id, by=people.determiner)
    with pytest.raises(NotPermitted):
        handling.save_template(None, "受理", Localized(zh="改了"), by=people.auditor)
    with pytest.raises(Invalid):
        handling.save_template(None, "", Localized(zh="改了"), by=people.lhasa_officer)
    assert login(people.shigatse_officer).get(f"/desk/verification/templates/{mine.id}").status_code == 404


def test_templates_are_kept_at_the_desk(people, login):
    browser = login(people.lhasa_officer)
    assert browser.post("/desk/verification/templates", data={"name": "受理", "zh": ""}).status_code == 422
    browser.post("/desk/verification/templates", data={"name": "受理", "zh": "已受理。", "bo": "དང་ལེན་བྱས་ཟིན།"})
    found = db.session.scalars(select(ReplyTemplate)).one()
    browser.post(f"/desk/verification/templates/{found.id}", data={"name": "受理", "zh": "您的举报已受理。"})
    assert "您的举报已受理。" in browser.get("/desk/verification/templates").text
    browser.post(f"/desk/verification/templates/{found.id}/delete")
    assert db.session.scalars(select(ReplyTemplate)).first() is None


# ---------------------------------------------------------------- leaving


def test_an_account_with_open_cases_is_not_closed_before_they_are_handed_over(mine, people, colleague, login):
    browser = login(people.administrator)
    address = f"/desk/accounts/{people.lhasa_officer.id}"
    data = {"name": "x", "roles": [str(Role.PREFECTURE_OFFICER)]}
    refused = browser.post(address, data=data)
    assert refused.status_code == 409
    way = re.search(r'href="(/desk/verification/handover/\d+)"', refused.text).group(1)
    page = browser.get(way)
    assert mine.receipt not in page.text
    assert browser.post(way, data={"to": ""}).status_code == 422
    assert browser.post(way, data={"to": colleague.id}).status_code == 302
    db.session.refresh(mine)
    assert mine.assignee_id == colleague.id
    assert browser.post(address, data=data).status_code == 302
    db.session.refresh(people.lhasa_officer)
    assert not people.lhasa_officer.active


def test_whoever_keeps_away_from_a_case_does_not_hand_it_over_either(mine, people, colleague):
    third = accounts.create_account(
        "third.lhasa@portal.test",
        "third",
        accounts_queries.authority_by_code("lhasa"),
        {Role.PREFECTURE_OFFICER},
        "correct horse battery",
    )
    handling.declare_interest(mine.id, "亲属关系", by=colleague)
    assigned = handling.hand_over_all(people.lhasa_officer, third.id, by=colleague)
    db.session.refresh(mine)
    assert (assigned.done, list(assigned.skipped)) == (0, [mine.receipt])
    assert mine.assignee_id == people.lhasa_officer.id


def test_a_number_that_nobody_has_is_no_error_of_the_server(mine, people, login):
    address = f"/desk/verification/handover/{people.lhasa_officer.id}"
    assert login(people.administrator).post(address, data={"to": "9" * 5000}).status_code == 422


def test_losing_the_role_is_hindered_like_closing(mine, people):
    with pytest.raises(accounts.AccountInUse):
        accounts.change_account(
            people.lhasa_officer, name="x", roles={Role.PREFECTURE_EDITOR}, active=True, by=people.administrator
        )
    accounts.change_account(
        people.lhasa_officer, name="新名", roles={Role.PREFECTURE_OFFICER}, active=True, by=people.administrator
    )


@pytest.mark.parametrize("who", ["shigatse_officer", "auditor", "lhasa_editor"])
def test_strangers_hand_nothing_over(mine, people, login, who):
    answer = login(getattr(people, who)).get(f"/desk/verification/handover/{people.lhasa_officer.id}")
    assert answer.status_code == 403


# ---------------------------------------------------------------- the page


@pytest.mark.parametrize("lang", ["zh", "bo", "en"])
def test_everything_beside_a_case_shows_in_each_language(mine, units, people, colleague, login, lang):
    other = another(units).filing
    handling.link(mine.id, [other.id], by=people.lhasa_officer)
    handling.ask_for_identity(mine.id, "代班，需要电话核实", by=colleague)
    browser = login(people.lhasa_officer)
    browser.post(f"/desk/language/{lang}")
    page = browser.get(f"/desk/verification/{mine.id}")
    assert other.receipt in page.text
    assert "代班，需要电话核实" in page.text
    assert mine.receipt in browser.get("/desk/verification/").text


def test_the_whole_of_consent_at_two_desks(mine, people, colleague, login):
    asking, deciding = login(colleague), login(people.lhasa_officer)
    address = f"/desk/verification/{mine.id}"
    assert asking.post(f"{address}/identity", data={"reason": "代班，需要电话核实"}).status_code == 302
    request = db.session.scalars(select(IdentityRequest)).one()
    assert mine.receipt in deciding.get("/desk/verification/").text
    deciding.post(f"{address}/desk/requests/{request.id}", data={"decision": "consent"})
    shown = asking.post(f"{address}/desk/requests/{request.id}/open")
    assert NAME in shown.text
    again = asking.post(f"{address}/desk/requests/{request.id}/open")
    assert again.status_code == 409
    assert NAME not in again.text


def test_forms_beside_the_case_say_what_is_missing(mine, people, colleague, login):
    browser = login(people.lhasa_officer)
    address = f"/desk/verification/{mine.id}/desk"
    seen = {"version": version(mine)}
    assert browser.post(f"{address}/note", data={"text": " "}).status_code == 422
    assert browser.post(f"{address}/interest", data={"reason": ""}).status_code == 422
    assert browser.post(f"{address}/link", data={}).status_code == 422
    assert browser.post(f"{address}/give", data={"to": str(colleague.id), **seen}).status_code == 422
    assert browser.post(f"{address}/give", data={"to": str(people.determiner.id), **seen}).status_code == 422
    assert (
        browser.post(f"{address}/give", data={"to": str(colleague.id), "version": 99, "note": "x"}).status_code == 409
    )
    assert browser.post(f"{address}/give", data={"to": "nobody", **seen}).status_code == 302
    assert browser.post(f"{address}/interest", data={"reason": "亲属关系"}).location.endswith("/desk/verification/")
