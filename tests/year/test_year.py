"""A whole year at the desk: recommendation in June, publicity and announcement in July, a removal in August, a new name
in September; and the list of each of those days, for ever."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask

from portal.authorities import queries as authorities
from portal.authorities import services as accounts
from portal.authorities.models import Person
from portal.authorities.rules import Role
from portal.content import services as content
from portal.content.models import Document
from portal.filings.sealing import Identity
from portal.filings.taking import Content, Taken
from portal.foundation import audit
from portal.foundation.database import db
from portal.foundation.identifiers import IdType
from portal.foundation.workflow import IllegalTransition
from portal.objections import services as objections
from portal.objections.models import Objection
from portal.objections.rules import ObjectionAct
from portal.register import queries, services
from portal.register.batches import queries as batch_queries
from portal.register.batches import services as batches
from portal.register.batches.models import Batch, Candidate
from portal.register.batches.rules import PublicityRuns
from portal.register.changes import services as changes
from portal.register.changes.rules import Change, ChangeAct, ChangeKind, Removal, Timing
from portal.register.lists.rows import Defaults
from portal.register.queries import Scope
from portal.register.replay import as_of
from portal.register.rules import EntryStatus, Level, RemovalGround
from tests.conftest import DATABASES, empty
from tests.register.rounds import at, consulted, examined, published, recommended

REAL_LISTS = Path(queries.__file__).parents[1] / "data" / "national_lists.csv"
JUNE, NOTICE, OBJECTED = date(2026, 6, 15), date(2026, 7, 6), date(2026, 7, 8)
LAST_DAY, DECIDED, ANNOUNCED = date(2026, 7, 10), date(2026, 7, 16), date(2026, 7, 20)
REMOVED, RENAMED, LATER = date(2026, 8, 12), date(2026, 9, 9), date(2026, 10, 15)
#: Real enterprises of the national lists, which go through without a word against them.
REAL = ("西藏新华印刷厂", "西藏藏医学院藏药有限公司")
SUSTAINED, REJECTED = "样本异议成立有限公司", "样本异议不成立有限公司"
INCIDENT, OLD_NAME, NEW_NAME = "样本八月移出有限公司", "样本旧名有限公司", "样本新名有限公司"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"


@pytest.fixture(scope="module", params=DATABASES)
def year(
    request: pytest.FixtureRequest, applications: Callable[[str], Flask], password_hash: str
) -> Iterator[SimpleNamespace]:
    """The year, lived once on each database; what a test wants to look at again."""
    app = applications(request.param)
    with app.app_context(), pytest.MonkeyPatch.context() as patch:
        empty(app)
        patch.setattr(accounts, "hash_password", lambda _password: password_hash)
        yield lived(app, staff())
        db.session.remove()


def staff() -> SimpleNamespace:
    """The people of the year."""
    roles = {
        "editor": Role.DEPARTMENT_EDITOR,
        "reviewer": Role.DEPARTMENT_REVIEWER,
        "determiner": Role.DEPARTMENT_DETERMINER,
    }
    people = {name: account(role, "department") for name, role in roles.items()}
    return SimpleNamespace(**people, lhasa_officer=account(Role.PREFECTURE_OFFICER, "lhasa"))


def account(role: Role, code: str) -> Person:
    authority = authorities.authority_by_code(code)
    assert authority is not None
    return accounts.create_account(f"{role}@portal.test", role, authority, {role}, "a long password")


def lived(app: Flask, people: SimpleNamespace) -> SimpleNamespace:
    with at(date(2026, 1, 5)):
        services.import_list(REAL_LISTS.read_bytes(), Defaults())
    batch = recommended_in_june(people)
    with at(NOTICE):
        published(batches.open_publicity(batch, by=people.editor), people)
    with at(OBJECTED):
        by_name = {candidate.name: candidate for candidate in batch_queries.batch(batch.id).candidates}
        sustained, rejected = objected(by_name[SUSTAINED]), objected(by_name[REJECTED])
    with at(LAST_DAY, 23), pytest.raises((PublicityRuns, IllegalTransition)):
        batches.draft_announcement(batch_queries.batch(batch.id), by=people.editor)
    with at(DECIDED):
        decided(sustained, ObjectionAct.SUSTAIN, people, ground=RemovalGround.ENERGY_RECTIFICATION)
        decided(rejected, ObjectionAct.REJECT, people)
    with at(ANNOUNCED):
        announcement = batches.draft_announcement(batch_queries.batch(batch.id), by=people.editor)
        published(announcement, people)
    removal = removed_in_august(people)
    renaming = renamed_in_september(people)
    return SimpleNamespace(app=app, announcement=announcement, removal=removal, renaming=renaming)


def recommended_in_june(people: SimpleNamespace) -> Batch:
    with at(JUNE):
        batch = batches.open_batch(Level.REGIONAL, 2026, by=people.editor)
        candidates = [
            recommended(batch, name, people.lhasa_officer) for name in (*REAL, SUSTAINED, REJECTED, INCIDENT, OLD_NAME)
        ]
        batches.close_recommendation(batch, by=people.editor)
        for candidate in candidates:
            examined(candidate, people.editor)
        consulted(batch, people.editor)
    return batch


def objected(candidate: Candidate) -> Taken[Objection]:
    identity = Identity("样本异议人", IdType.RESIDENT_ID, "11010519491231002X", phone="+8613800138000")
    files = [("照片.png", io.BytesIO(PNG))]
    statement = Content(statement="样本异议：对该单位的申报材料有不同意见，附照片。", identity=identity, files=files)
    return objections.file_objection(objections.Filing(candidate.public_id, statement), objections.new_token())


def decided(taken: Taken[Objection], what: ObjectionAct, people: SimpleNamespace, **facts: object) -> None:
    filed = taken.filing
    db.session.refresh(filed)
    instruction = objections.Instruction(version=filed.version, note="样本理由", **facts)  # type: ignore[arg-type]
    objections.act(filed.id, what, instruction, by=people.determiner)


def unit(name: str):
    return next(item for item in queries.find_units(name, Scope.REGION) if name in {item.name, *item.former_names})


def removed_in_august(people: SimpleNamespace) -> Document:
    with at(REMOVED):
        found = unit(INCIDENT)
        removal = Removal(
            entries=tuple(entry.id for entry in found.entries),
            ground=RemovalGround.MAJOR_INCIDENT,
            timing=Timing.AT_ONCE,
            note="样本：发生重大事故。",
        )
        document = changes.decide_removal(found, removal, seen=None, by=people.determiner).document
        assert document is not None
        return published(document, people)


def renamed_in_september(people: SimpleNamespace) -> Document:
    with at(RENAMED):
        found = unit(OLD_NAME)
        change = Change(ChangeKind.RENAMED, happened_on=date(2026, 9, 1), text="样本：名称变更。", new_name=NEW_NAME)
        statement = changes.state_change(
            found, change, [("执照.png", io.BytesIO(PNG))], version=found.version, by=people.lhasa_officer
        )
        changes.act(
            statement.id,
            ChangeAct.CONFIRM,
            qualifies=True,
            note="样本：已复核。",
            version=statement.version,
            by=people.lhasa_officer,
        )
        return published(changes.announce([], [statement.id], by=people.determiner), people)


def names_on(day: date) -> set[str]:
    """The units with a regional entry of 2026 that stands on a day, by the names they bore then."""
    copy = as_of(day)
    return {
        entry.unit.name
        for entry in copy.entries.values()
        if entry.year == 2026 and entry.level is Level.REGIONAL and entry.status is not EntryStatus.REMOVED
    }


def test_the_list_of_every_day_of_the_year_is_right(year):
    listed = {*REAL, REJECTED, INCIDENT, OLD_NAME}
    assert names_on(LAST_DAY) == set()
    assert names_on(date(2026, 7, 19)) == set()
    assert names_on(ANNOUNCED) == listed
    assert names_on(date(2026, 8, 11)) == listed
    assert names_on(REMOVED) == listed - {INCIDENT}
    assert names_on(date(2026, 9, 8)) == listed - {INCIDENT}
    assert names_on(RENAMED) == (listed - {INCIDENT, OLD_NAME}) | {NEW_NAME}
    assert names_on(LATER) == names_on(RENAMED)


def test_the_page_and_the_file_of_a_day_say_the_same(year):
    client = year.app.test_client()
    with at(LATER):
        for day, has, lacks in (
            (ANNOUNCED, (INCIDENT, OLD_NAME), (NEW_NAME, SUSTAINED)),
            (LATER, (NEW_NAME,), (INCIDENT, SUSTAINED)),
        ):
            query = {"as_of": day.isoformat(), "scope": "region", "year": "2026", "status": "active"}
            page = client.get("/zh/lists/", query_string=query).text
            file = client.get("/zh/lists.csv", query_string=query).text
            for name in has:
                assert name in page
                assert name in file
            for name in lacks:
                assert f">{name}<" not in page
                assert f"{name}," not in file.replace("原名称", "") or name == OLD_NAME


def test_each_publicised_unit_is_accounted_for(year):
    page = year.app.test_client().get(f"/zh/announcements/{year.announcement.slug}").text
    for name in (*REAL, REJECTED, INCIDENT, OLD_NAME, SUSTAINED):
        assert name in page


def test_the_register_can_be_made_again_and_the_chain_holds(year):
    result = year.app.test_cli_runner().invoke(args=["register", "rebuild", "--check"])
    assert result.exit_code == 0, result.output
    db.session.rollback()
    assert audit.verify() is None


def test_former_names_still_find_the_unit(year):
    assert unit(OLD_NAME).name == NEW_NAME


def test_what_was_announced_stays_as_it_was(year):
    with at(LATER), pytest.raises(IllegalTransition):
        content.submit(year.announcement, by=None)
