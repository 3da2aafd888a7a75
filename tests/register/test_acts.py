"""Removal and exclusion take effect with their announcement; a notice opens its window."""

from __future__ import annotations

import csv
import io
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from importlib.resources import files
from types import SimpleNamespace

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.authorities.models import Person
from portal.content import services as content_services
from portal.content.models import Document
from portal.content.rules import DocumentState, DocumentType
from portal.foundation import audit
from portal.foundation.clock import ZONE
from portal.foundation.database import db
from portal.foundation.errors import Invalid, NotPermitted, Stale
from portal.foundation.workdays import DateNotCovered
from portal.register import queries, services
from portal.register.changes.rules import NothingToAnnounce
from portal.register.models import Agency, PendingAct, PublicityWindow, RegisterEvent, Unit
from portal.register.rules import (
    REMOVAL_ARTICLES,
    REMOVAL_LABELS,
    AlreadyPending,
    EntryStatus,
    EventKind,
    ExclusionGround,
    NothingToRemove,
    PendingState,
    RemovalGround,
    parse_public_id,
    public_id,
    years_later,
)
from portal.register.services import UnitDetails, acts
from tests.register.conftest import csv_bytes, factory

GOOD_CODE = "91350100M000100Y43"
Listed = Callable[..., Unit]
Notice = Callable[..., Document]


@contextmanager
def at(day: date) -> Iterator[None]:
    """A working morning in Lhasa."""
    with time_machine.travel(datetime(day.year, day.month, day.day, 9, 30, tzinfo=ZONE), tick=False):
        yield


def publish(document: Document, people: SimpleNamespace) -> None:
    content_services.submit(document, by=people.editor)
    content_services.publish(document, by=people.reviewer)


def kinds() -> list[EventKind]:
    return list(db.session.scalars(select(RegisterEvent.kind).order_by(RegisterEvent.id)))


class TestRemoval:
    def test_it_waits_for_its_announcement_and_holds_from_that_day(
        self, client: FlaskClient, people: SimpleNamespace, listed: Listed
    ) -> None:
        unit = listed("拉萨甲示例有限公司")
        with at(date(2025, 8, 4)):
            document = services.propose_removal(unit, RemovalGround.FALSE_MATERIAL, by=people.determiner, case="case:7")
        assert document.state is DocumentState.DRAFT
        assert document.type is DocumentType.ANNOUNCEMENT
        assert unit.entries[0].status is EntryStatus.PENDING_REMOVAL

        # Nobody outside learns of it before.
        page = client.get(f"/en/units/{unit.public_id}").text
        assert "On the list" in page
        assert "announcement" not in page.split("<main")[1].split("</main")[0].lower()
        assert client.get("/en/lists/?status=active").text.count('<th scope="row">') == 1
        assert client.get("/en/lists.json").get_json()["items"][0]["status"] == "active"
        assert client.get(f"/zh/announcements/{document.slug}").status_code == 404

        with at(date(2025, 8, 6)):
            publish(document, people)
        unit = queries.unit_by_ref(unit.public_id)  # type: ignore[assignment]
        (entry,) = unit.entries
        assert (entry.status, entry.removed_on, entry.ground) == (
            EntryStatus.REMOVED,
            date(2025, 8, 6),
            RemovalGround.FALSE_MATERIAL,
        )
        assert kinds() == [EventKind.IMPORTED, EventKind.REMOVAL_PROPOSED, EventKind.REMOVED]
        last = db.session.scalars(select(RegisterEvent).order_by(RegisterEvent.id.desc())).first()
        assert last is not None
        assert (last.effective_on, last.article, last.document_id) == (date(2025, 8, 6), "18(3)", document.id)
        page = client.get(f"/en/units/{unit.public_id}").text
        assert "False material or data" in page
        assert "2025-08-06" in page
        assert audit.verify() is None

    def test_its_draft_names_unit_article_and_ground_in_three_languages(
        self, app: Flask, people: SimpleNamespace, listed: Listed
    ) -> None:
        unit = listed("拉萨甲示例有限公司")
        document = services.propose_removal(unit, RemovalGround.FORM_REFUSED, by=people.determiner)
        for text in (document.title.zh, document.title.bo, document.title.en):
            assert unit.name in text
        cited = {"zh": "第十八条第（二）项", "bo": "དོན་ཚན་18པ(2)", "en": "Article 18(2)"}
        for language, article in cited.items():
            assert article in getattr(document.body, language)
            assert unit.name in getattr(document.body, language)
        assert '<span lang="zh-Hans-CN">拉萨甲示例有限公司</span>' in document.body.en
        assert "case" not in document.body.en

    def test_what_is_not_published_changes_nothing(self, app: Flask, people: SimpleNamespace, listed: Listed) -> None:
        unit = listed("拉萨甲示例有限公司")
        document = services.propose_removal(unit, RemovalGround.VIOLATION, by=people.determiner)
        content_services.submit(document, by=people.editor)
        content_services.send_back(document, note="x", by=people.reviewer)
        assert unit.entries[0].removed_on is None
        services.drop(document, people.reviewer)
        assert unit.entries[0].status is EntryStatus.ACTIVE
        # The draft of what was given up can never be published.
        with pytest.raises(NothingToAnnounce):
            publish(document, people)
        assert unit.entries[0].status is EntryStatus.ACTIVE
        assert kinds()[-1] is EventKind.REMOVAL_DROPPED

    def test_a_refused_publication_leaves_the_entry(
        self, app: Flask, people: SimpleNamespace, listed: Listed, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        unit = listed("拉萨甲示例有限公司")
        document = services.propose_removal(unit, RemovalGround.VIOLATION, by=people.determiner)
        content_services.submit(document, by=people.editor)

        def fail(*_args: object) -> None:
            raise RuntimeError("no disk")

        monkeypatch.setattr(acts, "mark_changed", fail)
        with pytest.raises(RuntimeError):
            content_services.publish(document, by=people.reviewer)
        db.session.expire_all()
        assert unit.entries[0].status is EntryStatus.PENDING_REMOVAL
        assert document.state is DocumentState.SUBMITTED

    def test_twice_is_refused_in_words(self, app: Flask, people: SimpleNamespace, listed: Listed) -> None:
        unit = listed("拉萨甲示例有限公司")
        document = services.propose_removal(unit, RemovalGround.VIOLATION, by=people.determiner)
        with pytest.raises(AlreadyPending):
            services.propose_removal(unit, RemovalGround.VIOLATION, by=people.determiner)
        publish(document, people)
        with pytest.raises(NothingToRemove):
            services.propose_removal(unit, RemovalGround.VIOLATION, by=people.determiner)
        assert len(db.session.scalars(select(PendingAct)).all()) == 1

    @pytest.mark.parametrize("who", ["editor", "reviewer", "lhasa_officer", "administrator", "auditor"])
    def test_only_a_determiner_decides(self, app: Flask, people: SimpleNamespace, listed: Listed, who: str) -> None:
        unit = listed("拉萨甲示例有限公司")
        with pytest.raises(NotPermitted):
            services.propose_removal(unit, RemovalGround.VIOLATION, by=getattr(people, who))
        assert unit.entries[0].status is EntryStatus.ACTIVE

    def test_an_import_does_not_bring_a_removed_unit_back(
        self, app: Flask, people: SimpleNamespace, listed: Listed
    ) -> None:
        unit = listed("拉萨甲示例有限公司")
        publish(services.propose_removal(unit, RemovalGround.VIOLATION, by=people.determiner), people)
        report = services.import_list(csv_bytes(factory("拉萨甲示例有限公司", agency="清华大学")))
        assert not report.changed
        assert queries.numbers().entries == 0

    def test_every_ground_has_its_article_and_its_words(self) -> None:
        assert set(REMOVAL_ARTICLES) == set(REMOVAL_LABELS) == set(RemovalGround)
        assert all(article.startswith(("15", "18", "19")) for article in REMOVAL_ARTICLES.values())


class TestExclusion:
    def test_three_years_from_the_announcement(
        self, client: FlaskClient, people: SimpleNamespace, listed: Listed
    ) -> None:
        unit = listed("拉萨甲示例有限公司", agency="示例评价中心")
        agency = unit.entries[0].agency
        assert agency is not None
        with at(date(2025, 3, 3)):
            document = services.propose_exclusion(agency, ExclusionGround.FALSIFICATION, by=people.determiner)
        assert agency.exclusions == []
        assert "No agency is excluded." in client.get("/en/agencies/").text
        with at(date(2025, 3, 10)):
            publish(document, people)
            agency = db.session.get(Agency, agency.id)
            assert agency is not None
            (exclusion,) = agency.exclusions
            assert (exclusion.first_day, exclusion.last_day) == (date(2025, 3, 10), date(2028, 3, 10))
            page = client.get(f"/en/agencies/{agency.public_id}").text
            assert "may not evaluate" in page
            assert "2028-03-10" in client.get("/en/agencies/").text
        assert not agency.excluded_on(date(2025, 3, 9))
        assert agency.excluded_on(date(2028, 3, 10))
        assert not agency.excluded_on(date(2028, 3, 11))
        assert db.session.scalars(select(PendingAct.state)).all() == [PendingState.EFFECTIVE]

    def test_twice_is_refused(self, app: Flask, people: SimpleNamespace, listed: Listed) -> None:
        agency = listed("拉萨甲示例有限公司", agency="示例评价中心").entries[0].agency
        assert agency is not None
        services.propose_exclusion(agency, ExclusionGround.POOR_QUALITY, by=people.determiner)
        with pytest.raises(AlreadyPending):
            services.propose_exclusion(agency, ExclusionGround.POOR_QUALITY, by=people.determiner)
        with pytest.raises(NotPermitted):
            services.propose_exclusion(agency, ExclusionGround.POOR_QUALITY, by=people.editor)

    def test_one_whose_announcement_is_given_up_is_dropped_in_the_ledger_too(
        self, app: Flask, people: SimpleNamespace, listed: Listed
    ) -> None:
        agency = listed("拉萨甲示例有限公司", agency="示例评价中心").entries[0].agency
        assert agency is not None
        document = services.propose_exclusion(agency, ExclusionGround.POOR_QUALITY, by=people.determiner)
        services.drop(document, people.reviewer)
        assert kinds()[-1] is EventKind.EXCLUSION_DROPPED
        assert services.propose_exclusion(agency, ExclusionGround.POOR_QUALITY, by=people.determiner) is not document

    def test_a_leap_day_has_its_anniversary(self) -> None:
        assert years_later(date(2024, 2, 29), 3) == date(2027, 2, 28)
        assert years_later(date(2025, 3, 10), 3) == date(2028, 3, 10)


class TestWindows:
    @pytest.mark.parametrize(
        "row",
        [
            row
            for row in csv.DictReader(
                (files("portal.register") / "data" / "publicity_windows.csv").read_text(encoding="utf-8").splitlines()
            )
            if row["announced_as"] == "5 working days"
        ],
        ids=lambda row: row["place"],
    )
    @pytest.mark.usefixtures("sqlite_app")
    def test_the_windows_that_were_announced_elsewhere(self, row: dict[str, str]) -> None:
        window = services.window_from(date.fromisoformat(row["from"]))
        assert (window.first, window.last) == (date.fromisoformat(row["from"]), date.fromisoformat(row["to"]))
        assert len(window.days) == 5

    def test_a_notice_opens_its_window_when_it_is_published(
        self, app: Flask, people: SimpleNamespace, notice: Notice
    ) -> None:
        document = notice()
        assert queries.window_of(document.id) is None
        with at(date(2025, 5, 26)):
            content_services.publish(document, by=people.reviewer)
        window = queries.window_of(document.id)
        assert window is not None
        assert (window.first, window.last) == (date(2025, 5, 26), date(2025, 5, 30))
        assert window.window.left(date(2025, 5, 28)) == 3

    def test_a_notice_of_friday_evening_is_open_over_the_weekend_and_counts_friday(
        self, app: Flask, people: SimpleNamespace, notice: Notice
    ) -> None:
        document = notice()
        with at(date(2026, 9, 25)):  # the Mid-Autumn holiday of 2026
            content_services.publish(document, by=people.reviewer)
        window = queries.window_of(document.id)
        assert window is not None
        assert window.first == date(2026, 9, 25)
        assert "2026-09-25" not in window.days

    def test_a_date_of_issue_in_the_past_does_not_shorten_the_window(
        self, app: Flask, people: SimpleNamespace, notice: Notice
    ) -> None:
        document = notice(published_on=date(2025, 5, 20))
        with at(date(2025, 5, 26)):
            content_services.publish(document, by=people.reviewer)
        window = queries.window_of(document.id)
        assert window is not None
        assert window.first == date(2025, 5, 26)

    def test_a_notice_taken_over_from_elsewhere_keeps_its_days(self, app: Flask, notice: Notice) -> None:
        document = notice(published_on=date(2022, 4, 6))
        content_services.publish(document, by=None)
        window = queries.window_of(document.id)
        assert window is not None
        assert (window.first, window.last) == (date(2022, 4, 6), date(2022, 4, 12))

    @pytest.mark.parametrize("lang", ["zh", "bo", "en"])
    def test_the_notice_shows_five_days_with_today_marked(
        self, client: FlaskClient, people: SimpleNamespace, notice: Notice, lang: str
    ) -> None:
        document = notice()
        with at(date(2025, 5, 26)):
            content_services.publish(document, by=people.reviewer)
        with at(date(2025, 5, 28)):
            page = client.get(f"/{lang}/publicity/{document.slug}").text
            assert page.count('<li class="past"') == 2
            assert page.count('<li class="now" aria-current="date"') == 1
            assert page.count('<li class="next"') == 2
            assert "window-left" in page
            assert "chip-saffron" in client.get(f"/{lang}/publicity/").text
            (item,) = queries.open_windows(date(2025, 5, 28))
            assert item.document.id == document.id
        with at(date(2025, 5, 31)):
            page = client.get(f"/{lang}/publicity/{document.slug}").text
            assert "window-closed" in page
            assert queries.open_windows(date(2025, 5, 31)) == []

    def test_it_is_open_until_the_end_of_its_last_day_in_lhasa(
        self, client: FlaskClient, people: SimpleNamespace, notice: Notice
    ) -> None:
        document = notice()
        with at(date(2025, 5, 26)):
            content_services.publish(document, by=people.reviewer)
        end = datetime(2025, 5, 31, 0, 0, tzinfo=ZONE)
        with time_machine.travel(end - timedelta(seconds=1), tick=False):
            assert "window-closed" not in client.get(f"/en/publicity/{document.slug}").text
        with time_machine.travel(end, tick=False):
            assert "window-closed" in client.get(f"/en/publicity/{document.slug}").text

    def test_where_the_calendar_ends_the_notice_is_published_and_says_so(
        self, client: FlaskClient, people: SimpleNamespace, notice: Notice, caplog: pytest.LogCaptureFixture
    ) -> None:
        document = notice()
        with at(date(2026, 12, 30)), caplog.at_level(logging.WARNING):
            content_services.publish(document, by=people.reviewer)
        assert document.state is DocumentState.PUBLISHED
        assert db.session.scalars(select(PublicityWindow)).all() == []
        assert "calendar does not cover 2027-01-01" in caplog.text
        assert "is not known yet" in client.get(f"/en/publicity/{document.slug}").text
        with pytest.raises(DateNotCovered):
            services.window_from(date(2026, 12, 30))

    def test_a_withdrawn_notice_is_not_open(self, app: Flask, people: SimpleNamespace, notice: Notice) -> None:
        document = notice()
        with at(date(2025, 5, 26)):
            content_services.publish(document, by=people.reviewer)
            content_services.withdraw(document, note="x", by=people.reviewer)
        assert queries.open_windows(date(2025, 5, 27)) == []

    def test_another_type_of_document_opens_none(self, app: Flask, notice: Notice) -> None:
        content_services.publish(notice(DocumentType.NEWS), by=None)
        assert db.session.scalars(select(PublicityWindow)).all() == []


class TestKeeping:
    def test_names_code_and_authority_are_kept_with_their_events(
        self, app: Flask, people: SimpleNamespace, listed: Listed
    ) -> None:
        unit = listed("拉萨甲示例有限公司")
        details = UnitDetails("ལྷ་ས་དཔེ་མཚོན", GOOD_CODE.lower(), "lhasa", True, "拉萨前示例(西藏)有限公司")
        services.keep_unit(unit, details, version=unit.version, by=people.editor)
        assert (unit.uscc, unit.attribution_confirmed) == (GOOD_CODE, True)
        assert unit.former_names == ["拉萨前示例（西藏）有限公司"]
        assert kinds() == [EventKind.IMPORTED, EventKind.CHANGED, EventKind.MOVED, EventKind.CHANGED]
        assert [found.id for found in queries.find_units("前示例")] == [unit.id]
        before = len(kinds())
        services.keep_unit(unit, details, version=unit.version, by=people.editor)
        assert len(kinds()) == before

    @pytest.mark.parametrize(
        ("details", "field"),
        [
            (UnitDetails(uscc="91350100M000100Y44"), "uscc"),
            (UnitDetails(uscc="123"), "uscc"),
            (UnitDetails(authority="atlantis"), "authority"),
            (UnitDetails(name_bo="\ue000"), "name_bo"),
            (UnitDetails(former_name="1"), "former_name"),
        ],
    )
    def test_what_cannot_be_right_is_refused_at_its_field(
        self, app: Flask, people: SimpleNamespace, listed: Listed, details: UnitDetails, field: str
    ) -> None:
        unit = listed("拉萨甲示例有限公司")
        with pytest.raises(Invalid) as refused:
            services.keep_unit(unit, details, version=unit.version, by=people.editor)
        assert list(refused.value.fields) == [field]

    def test_a_code_belongs_to_one_unit(self, app: Flask, people: SimpleNamespace, listed: Listed) -> None:
        one, other = listed("拉萨甲示例有限公司"), listed("拉萨乙示例有限公司")
        services.keep_unit(one, UnitDetails(uscc=GOOD_CODE), version=one.version, by=people.editor)
        with pytest.raises(Invalid):
            services.keep_unit(other, UnitDetails(uscc=GOOD_CODE), version=other.version, by=people.editor)

    def test_an_old_page_and_a_wrong_role_are_refused(
        self, app: Flask, people: SimpleNamespace, listed: Listed
    ) -> None:
        unit = listed("拉萨甲示例有限公司")
        with pytest.raises(Stale):
            services.keep_unit(unit, UnitDetails(), version=unit.version - 1, by=people.editor)
        with pytest.raises(NotPermitted):
            services.keep_unit(unit, UnitDetails(), version=unit.version, by=people.determiner)

    def test_a_confirmed_attribution_is_not_changed_by_a_list(
        self, app: Flask, people: SimpleNamespace, listed: Listed
    ) -> None:
        unit = listed("拉萨甲示例有限公司")
        moved = UnitDetails(authority="zangqing", attribution_confirmed=True)
        services.keep_unit(unit, moved, version=unit.version, by=people.editor)
        services.import_list(csv_bytes(factory("拉萨甲示例有限公司", year=2025)))
        db.session.refresh(unit)
        assert unit.authority is not None
        assert unit.authority.code == "zangqing"


class TestTheDesk:
    def test_a_keeper_finds_and_changes_a_unit(
        self, people: SimpleNamespace, login: Callable[[Person], FlaskClient], listed: Listed
    ) -> None:
        unit = listed("拉萨甲示例有限公司")
        browser = login(people.editor)
        assert "拉萨甲示例有限公司" in browser.get("/desk/register/?q=甲示例").text
        address = f"/desk/register/units/{unit.public_id}"
        assert browser.get(address).status_code == 200
        sent = {"uscc": GOOD_CODE, "authority": "lhasa", "attribution_confirmed": "y", "version": unit.version}
        answer = browser.post(address, data=sent)
        assert answer.status_code == 302
        assert browser.post(address, data=sent).status_code == 409
        bad = browser.post(address, data={**sent, "version": int(str(sent["version"])) + 1, "uscc": "12"})
        assert "The unified social credit code is not valid." in bad.text or "field-bad" in bad.text

    @pytest.mark.parametrize("who", ["lhasa_officer", "reviewer", "determiner", "administrator", "auditor"])
    def test_nobody_else_comes_in(
        self, people: SimpleNamespace, login: Callable[[Person], FlaskClient], who: str
    ) -> None:
        browser = login(getattr(people, who))
        for address in ("/desk/register/", "/desk/register/import", "/desk/register/units/u1"):
            assert browser.get(address).status_code == 403

    def test_a_list_is_looked_at_before_it_is_taken_in(
        self, people: SimpleNamespace, login: Callable[[Person], FlaskClient]
    ) -> None:
        browser = login(people.editor)
        browser.post("/desk/language/en")
        content = csv_bytes(factory("拉萨甲示例有限公司"), factory(""))

        def send(file: bytes, accepted: str = "") -> str:
            empty = dict.fromkeys(("category", "level", "year", "batch", "source_url"), "")
            sent = {**empty, "accepted": accepted, "file": (io.BytesIO(file), "list.csv")}
            answer = browser.post("/desk/register/import", data=sent)
            assert answer.status_code == 200
            return answer.text

        preview = send(content)
        assert "The row has no name." in preview
        assert queries.find_units("甲示例") == []
        found = re.search(r'name="accepted" type="hidden" value="([0-9a-f]{64})"', preview)
        assert found
        send(content + b"\n", found[1])
        assert queries.find_units("甲示例") == []
        send(content, found[1])
        assert len(queries.find_units("甲示例")) == 1
        assert "field-bad" in send(b"\x89PNG\x00")


@pytest.mark.parametrize("text", ["u12", "a7", "U12", " u12 "])
def test_public_ids_are_read_back(text: str) -> None:
    parsed = parse_public_id(text)
    assert parsed is not None
    assert public_id(*parsed) == text.strip().lower()


@pytest.mark.parametrize("text", ["", "12", "u0", "u012", "u", "b1", "u1 2", "u９", "u9999999999"])
def test_what_is_no_public_id(text: str) -> None:
    assert parse_public_id(text) is None
