"""The queues: what they show and in which order, whose case it is, and that size costs nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select, text

from bench.cases import sow
from portal.authorities.rules import Role
from portal.complaints import services
from portal.complaints.handling import queue as queues
from portal.complaints.handling import services as handling
from portal.complaints.handling.models import DeskEntry, SavedView
from portal.complaints.handling.queue import PER_PAGE, Place
from portal.complaints.handling.rules import (
    MOST_COUNTED,
    NEVER,
    CannotTake,
    DeskAct,
    QueueView,
    Sorting,
    Whose,
    Within,
    assigning_act,
)
from portal.complaints.models import Case
from portal.complaints.respondents import Respondent
from portal.complaints.rules import DETERMINATION_QUEUE, OPEN, VERIFICATION_QUEUE, CaseAct, CaseStatus, ProblemKind
from portal.foundation import audit, clock
from portal.foundation.database import db, transaction
from portal.foundation.errors import Invalid, NotFound, NotPermitted, Stale
from tests.complaints.conftest import filing

ALL = tuple(CaseStatus)


@pytest.fixture
def cases(app, people):
    """Two hundred cases of all authorities and states; those in charge are officers that there are."""
    assert people.lhasa_officer.id
    sow(200)


@pytest.fixture
def colleague(people, make_person, app):
    """A second officer of Lhasa."""
    from portal.authorities import queries
    from portal.authorities import services as accounts

    lhasa = queries.authority_by_code("lhasa")
    return accounts.create_account(
        "second@portal.test", "second", lhasa, {Role.PREFECTURE_OFFICER}, "long enough it is"
    )


def walk(person, statuses, view):
    """Every case of a view, page by page, with the number of pages."""
    found, place, pages = [], None, 0
    while True:
        page = queues.page(person, statuses, view, place)
        found += [case.id for case in page.items]
        pages += 1
        if page.following is None:
            return found, pages
        place = Place.read(str(page.following))


@pytest.mark.parametrize("sort", Sorting)
@pytest.mark.parametrize("statuses", [VERIFICATION_QUEUE, ALL])
def test_pages_follow_each_other_without_gap_or_repetition(cases, people, sort, statuses):
    found, pages = walk(people.determiner, statuses, QueueView(sort=sort))
    wanted = set(db.session.scalars(select(Case.id).where(Case.status.in_(statuses))))
    assert len(found) == len(wanted)
    assert set(found) == wanted
    assert pages == -(-len(wanted) // PER_PAGE)


@pytest.mark.parametrize("sort", Sorting)
def test_the_way_back_shows_the_same_pages(cases, people, sort):
    view = QueueView(sort=sort)
    first = queues.page(people.determiner, ALL, view, None)
    second = queues.page(people.determiner, ALL, view, first.following)
    third = queues.page(people.determiner, ALL, view, second.following)
    assert [case.id for case in queues.page(people.determiner, ALL, view, third.previous).items] == [
        case.id for case in second.items
    ]
    again = queues.page(people.determiner, ALL, view, second.previous)
    assert [case.id for case in again.items] == [case.id for case in first.items]
    assert again.previous is None
    assert first.previous is None


def test_what_is_due_first_stands_first_and_what_has_no_date_last(cases, people):
    shown = queues.page(people.determiner, VERIFICATION_QUEUE, QueueView(), None).items
    dates = [case.due_order for case in shown]
    assert dates == sorted(dates)
    assert dates[0] < clock.today()
    found, _pages = walk(people.determiner, ALL, QueueView())
    assert db.session.get(Case, found[-1]).due_on is None


def test_the_newest_stand_first_where_one_asks_for_the_newest(cases, people):
    for sort, column in ((Sorting.RECEIVED, "filed_at"), (Sorting.CHANGED, "changed_at")):
        moments = [
            getattr(case, column) for case in queues.page(people.determiner, ALL, QueueView(sort=sort), None).items
        ]
        assert moments == sorted(moments, reverse=True)


@pytest.mark.parametrize(
    ("view", "holds"),
    [
        (QueueView(status=CaseStatus.FILED), lambda case, _me: case.status is CaseStatus.FILED),
        (QueueView(problem=ProblemKind.POLLUTION), lambda case, _me: case.problem_kind is ProblemKind.POLLUTION),
        (QueueView(whose=Whose.MINE), lambda case, me: case.assignee_id == me.id),
        (QueueView(whose=Whose.NOBODY), lambda case, _me: case.assignee_id is None),
        (QueueView(within=Within.OVERDUE), lambda case, _me: case.due_order < clock.today()),
        (QueueView(within=Within.DAYS_7), lambda case, _me: case.due_order <= clock.today() + timedelta(days=7)),
        (QueueView(text="第1"), lambda case, _me: "第1" in case.respondent_name),
        (
            QueueView(within=Within.DAYS_30, whose=Whose.NOBODY, sort=Sorting.CHANGED),
            lambda case, _me: case.assignee_id is None and case.due_order <= clock.today() + timedelta(days=30),
        ),
    ],
)
def test_a_filter_shows_what_it_says_and_all_of_it(cases, people, view, holds):
    me = people.lhasa_officer
    found, _pages = walk(me, ALL, view)
    mine = db.session.scalars(select(Case).where(Case.authority_id == me.authority_id)).unique()
    assert set(found) == {case.id for case in mine if holds(case, me)}
    assert found


def test_the_department_filters_by_authority(cases, people):
    found, _pages = walk(people.determiner, ALL, QueueView(authority="shigatse"))
    assert found
    assert {db.session.get(Case, number).authority.code for number in found} == {"shigatse"}


def test_a_text_that_matches_more_than_is_looked_up_first_still_finds_all(cases, people, monkeypatch):
    monkeypatch.setattr(queues, "MOST_MATCHES", 5)
    found, _pages = walk(people.determiner, ALL, QueueView(text="样本"))
    assert len(found) == 200


def test_counts_stop_and_say_so(cases, people, monkeypatch):
    exact = queues.counts(people.determiner, ALL)
    assert sum(exact.states.values()) == 200
    assert exact.overdue == len(
        [1 for case in db.session.scalars(select(Case)).unique() if case.is_open and case.due_order < clock.today()]
    )
    monkeypatch.setattr(queues, "MOST_COUNTED", 9)
    assert max(queues.counts(people.determiner, ALL).states.values()) == 10
    assert MOST_COUNTED == 999


@given(
    st.builds(
        QueueView,
        status=st.none() | st.sampled_from(CaseStatus),
        problem=st.none() | st.sampled_from(ProblemKind),
        authority=st.sampled_from(["", "lhasa"]),
        whose=st.sampled_from(["", "mine", "nobody", "17"]),
        within=st.none() | st.sampled_from(Within),
        sort=st.sampled_from(Sorting),
        text=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=100).map(str.strip),
    )
)
def test_a_view_survives_its_address(view):
    assert QueueView.read(view.args) == view


@given(st.dictionaries(st.sampled_from(["status", "problem", "whose", "within", "sort", "q"]), st.text(max_size=30)))
def test_an_address_that_makes_no_sense_shows_the_usual_queue(args):
    view = QueueView.read(args)
    assert view.status is None or view.status in ALL
    assert QueueView.read(view.args) == view


@given(st.text(max_size=40))
def test_a_place_that_makes_no_sense_is_the_beginning(said):
    place = Place.read(said)
    assert place is None or Place.read(str(place)) == place


@pytest.mark.parametrize("place", ["after.99999999999999999.1", "before.0.0", "after.1.99999999999999999"])
@pytest.mark.parametrize("sort", Sorting)
def test_a_place_outside_of_time_breaks_nothing(cases, people, place, sort):
    queues.page(people.determiner, ALL, QueueView(sort=sort), Place.read(place))


def test_the_order_follows_the_promised_date_through_every_act(filed, people, do):
    case = filed.filing
    assert case.due_order == case.due_on
    do(case, CaseAct.REQUEST_SUPPLEMENT, people.lhasa_officer)
    assert case.due_order == (case.due_on or NEVER)
    do(case, CaseAct.REFUSE, people.lhasa_officer, refusal_ground="not_within_scope")
    assert (case.due_on, case.due_order) == (None, NEVER)


def explained(app, act):
    """The plans of all statements on cases inside an act."""
    statements = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        if "complaint_case" in statement:
            statements.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    with db.engine.connect() as connection:
        return [
            [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            for statement, parameters in statements
        ]


VIEWS = [
    QueueView(),
    QueueView(status=CaseStatus.CLOSED),
    QueueView(whose=Whose.MINE),
    QueueView(whose=Whose.NOBODY, problem=ProblemKind.POLLUTION),
    QueueView(within=Within.OVERDUE),
    QueueView(sort=Sorting.RECEIVED),
    QueueView(sort=Sorting.CHANGED),
    QueueView(text="样本"),
    QueueView(text="没有这样的单位"),
]


@pytest.mark.parametrize("view", VIEWS, ids=str)
@pytest.mark.parametrize("who", ["lhasa_officer", "determiner"])
def test_no_page_reads_the_whole_table_or_sorts_it(sqlite_app, make_person, view, who):
    role = Role.PREFECTURE_OFFICER if who == "lhasa_officer" else Role.DEPARTMENT_DETERMINER
    person = make_person(role, "lhasa" if who == "lhasa_officer" else "department")
    sow(300)
    db.session.execute(text("ANALYZE"))
    first = queues.page(person, ALL, view, None)

    def read():
        queues.page(person, ALL, view, first.following)
        queues.counts(person, ALL, view.authority)

    for plan in explained(sqlite_app, read):
        assert plan
        for step in plan:
            # The text alone is looked for in an index that holds nothing else; the table is never read through.
            assert not re.match(r"SCAN complaint_case(?! USING COVERING INDEX ix_complaint_case_found)", step), plan
            assert "SEARCH complaint_case" not in step or "USING" in step, plan


def test_a_page_takes_the_same_statements_for_few_and_for_many(app, people, login, count_queries):
    sow(40)
    browser = login(people.determiner)

    def reading():
        with count_queries() as counted:
            assert browser.get("/desk/determination/?q=样本").status_code == 200
        return counted.number

    few = reading()
    sow(400, seed=3)
    assert reading() <= few


# ---------------------------------------------------------------- whose case it is


@given(st.none() | st.integers(1, 4), st.none() | st.integers(1, 4), st.integers(1, 4))
def test_an_assignment_is_called_by_what_it_is(before, to, by):
    act = assigning_act(before, to, by)
    assert (act is DeskAct.RELEASE) == (to is None)
    assert (act in {DeskAct.TAKE, DeskAct.TAKE_OVER}) == (to == by)
    if act is DeskAct.TAKE_OVER:
        assert before is not None


def test_an_officer_takes_a_case_and_hands_it_over_with_a_note(filed, people, colleague):
    case = filed.filing
    handling.assign(case.id, case.version, people.lhasa_officer.id, by=people.lhasa_officer)
    assert case.assignee_id == people.lhasa_officer.id
    with pytest.raises(Invalid):
        handling.assign(case.id, case.version, colleague.id, by=people.lhasa_officer)
    handling.assign(case.id, case.version, colleague.id, by=people.lhasa_officer, note="电话已打过")
    entries = db.session.scalars(select(DeskEntry).order_by(DeskEntry.id)).all()
    assert [entry.act for entry in entries] == [DeskAct.TAKE, DeskAct.HAND_OVER]
    assert "电话已打过".encode() not in (entries[1].sealed_text or b"")
    records = db.session.scalars(select(audit.AuditRecord).where(audit.AuditRecord.action.like("complaints.desk.%")))
    assert all("电话" not in str(record.data) for record in records)


def test_a_case_goes_only_to_who_can_work_on_it(filed, people):
    case = filed.filing
    for other in (people.shigatse_officer, people.determiner, people.lhasa_editor, people.auditor):
        with pytest.raises(CannotTake):
            handling.assign(case.id, case.version, other.id, by=people.lhasa_officer)
    with pytest.raises(NotFound):
        handling.assign(case.id, case.version, people.shigatse_officer.id, by=people.shigatse_officer)


def test_the_second_of_two_assignments_of_one_page_is_told(filed, people, colleague):
    case, seen = filed.filing, filed.filing.version
    handling.assign(case.id, seen, colleague.id, by=people.determiner)
    with pytest.raises(Stale):
        handling.assign(case.id, seen, people.lhasa_officer.id, by=people.lhasa_officer)


def test_an_officer_has_no_say_once_the_department_determines(reported, people):
    with pytest.raises((CannotTake, NotPermitted)):
        handling.assign(reported.id, reported.version, people.lhasa_officer.id, by=people.lhasa_officer)


def test_a_case_comes_back_to_whoever_worked_on_it_on_that_side(reported, people, do):
    handling.assign(reported.id, reported.version, people.determiner.id, by=people.determiner)
    reported.resting_assignee_id = people.lhasa_officer.id
    db.session.commit()
    do(reported, CaseAct.RETURN, people.determiner)
    assert reported.assignee_id == people.lhasa_officer.id
    assert reported.resting_assignee_id == people.determiner.id


def test_several_go_over_at_once_and_what_changed_is_named(units, people, colleague):
    respondent = Respondent(units.lhasa.name, units.lhasa)
    three = [services.file_complaint(filing(respondent), services.new_token()).filing for _ in range(3)]
    seen = [(case.id, case.version) for case in three]
    with transaction():
        three[1].version += 1
        three[1].days_left = 3
    assigned = handling.assign_many(seen, colleague.id, by=people.lhasa_officer)
    assert assigned.done == 2
    assert assigned.skipped == [three[1].receipt]
    assert [db.session.get(Case, case.id).assignee_id for case in three] == [colleague.id, None, colleague.id]


def test_cases_of_others_are_not_even_named(filed, people):
    assigned = handling.assign_many([(filed.filing.id, 1)], people.shigatse_officer.id, by=people.shigatse_officer)
    assert (assigned.done, list(assigned.skipped)) == (0, [])


def test_all_open_cases_of_a_colleague_go_over_in_one_go(reported, units, people, colleague):
    other = services.file_complaint(filing(Respondent(units.lhasa.name, units.lhasa)), services.new_token()).filing
    with transaction():
        db.session.get(Case, other.id).assignee_id = people.lhasa_officer.id
        db.session.get(Case, reported.id).resting_assignee_id = people.lhasa_officer.id
    assigned = handling.hand_over_all(people.lhasa_officer, colleague.id, by=people.administrator)
    assert (assigned.done, list(assigned.skipped)) == (2, [])
    assert db.session.get(Case, other.id).assignee_id == colleague.id
    assert db.session.get(Case, reported.id).resting_assignee_id == colleague.id
    with pytest.raises(NotPermitted):
        handling.hand_over_all(colleague, people.lhasa_officer.id, by=people.auditor)


# ---------------------------------------------------------------- pages


def test_the_page_filters_assigns_and_keeps_views(filed, people, colleague, login):
    browser = login(people.lhasa_officer)
    case = filed.filing
    page = browser.get("/desk/verification/?whose=nobody")
    assert f'value="{case.id}.{case.version}"' in page.text
    answer = browser.post(
        "/desk/verification/assign",
        data={"case": f"{case.id}.{case.version}", "to": str(colleague.id), "whose": "nobody"},
        follow_redirects=True,
    )
    assert answer.status_code == 200
    assert "whose=nobody" in answer.request.url
    db.session.refresh(case)
    assert case.assignee_id == colleague.id
    again = browser.post(
        "/desk/verification/assign",
        data={"case": f"{case.id}.1", "to": str(people.lhasa_officer.id)},
        follow_redirects=True,
    )
    assert case.receipt in again.text
    browser.post("/desk/verification/views", data={"name": "同事的", "whose": str(colleague.id), "sort": "received"})
    kept = db.session.scalars(select(SavedView)).one()
    assert kept.args == {"whose": str(colleague.id), "sort": "received"}
    assert "同事的" in browser.get("/desk/verification/").text
    assert "同事的" not in login(colleague).get("/desk/verification/").text
    assert login(colleague).post(f"/desk/verification/views/{kept.id}/delete").status_code == 404
    browser.post(f"/desk/verification/views/{kept.id}/delete")
    assert db.session.scalars(select(SavedView)).first() is None


@pytest.mark.parametrize("data", [{}, {"case": "x"}, {"case": "1.1"}, {"case": "1.1", "to": "x"}, {"to": "nobody"}])
def test_an_assignment_of_nothing_is_said_in_words(filed, people, login, data):
    answer = login(people.lhasa_officer).post("/desk/verification/assign", data=data)
    assert answer.status_code == 302


def test_the_neighbouring_pages_are_links(app, people, login):
    sow(300)
    browser = login(people.determiner)
    page = browser.get("/desk/determination/?status=closed&sort=received")
    address = re.search(r'rel="next" href="([^"]+)"', page.text).group(1).replace("&amp;", "&")
    second = browser.get(address)
    assert 'rel="prev"' in second.text
    assert len(OPEN) + 2 <= len(ALL)
    assert set(DETERMINATION_QUEUE) <= set(ALL)


def test_what_the_department_takes_over_is_in_its_queue_and_its_determiners_hands(filed, people, do, login):
    case = filed.filing
    handling.assign(case.id, case.version, people.lhasa_officer.id, by=people.lhasa_officer)
    do(case, CaseAct.TAKE_OVER, people.determiner)
    assert case.assignee_id != people.lhasa_officer.id
    with pytest.raises((CannotTake, NotFound)):
        handling.assign(case.id, case.version, people.lhasa_officer.id, by=people.determiner)
    if case.assignee_id is None:
        handling.assign(case.id, case.version, people.determiner.id, by=people.determiner)
    shown = queues.page(people.determiner, DETERMINATION_QUEUE, QueueView(), None, own=VERIFICATION_QUEUE)
    assert [item.id for item in shown.items] == [case.id]
    assert queues.waiting_for_determination(people.determiner) == 1
    assert case.receipt in login(people.determiner).get("/desk/determination/").text
    assert case.receipt not in login(people.lhasa_officer).get("/desk/verification/").text


def test_another_authority_begins_with_a_case_of_nobody(filed, people, do):
    case = filed.filing
    handling.assign(case.id, case.version, people.lhasa_officer.id, by=people.lhasa_officer)
    do(case, CaseAct.ASSIGN, people.determiner, authority="shigatse")
    assert case.assignee_id is None
    handling.assign(case.id, case.version, people.shigatse_officer.id, by=people.shigatse_officer)
    assert case.assignee_id == people.shigatse_officer.id
