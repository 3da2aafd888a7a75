"""Corrections, the timeline with the documents behind it, and the changes that others follow."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from xml.etree.ElementTree import fromstring

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.authorities.models import Person
from portal.content import services as content_services
from portal.content.models import Document
from portal.content.rules import DocumentType
from portal.foundation import audit
from portal.foundation.database import db, transaction
from portal.foundation.errors import Invalid, NotPermitted, Stale
from portal.register import ledger, queries
from portal.register.models import ListEntry, RegisterEvent, Unit
from portal.register.queries.acts import public_events, timeline
from portal.register.rules import EntryStatus, EventKind, RemovalGround
from portal.register.services.correcting import Correction, correct
from portal.register.services.rebuilding import rebuild

NAME, RIGHT = "拉萨示列水泥有限公司", "拉萨示例水泥有限公司"
ATOM = "{http://www.w3.org/2005/Atom}"


def first_act(unit: Unit) -> RegisterEvent:
    """The act that brought a unit into the register."""
    return db.session.scalars(select(RegisterEvent).where(RegisterEvent.unit_id == unit.id)).first()  # type: ignore[return-value]


@pytest.fixture
def unit(listed: Callable[..., Unit]) -> Unit:
    """A unit whose name was misprinted."""
    return listed(NAME)


@pytest.fixture
def removed(unit: Unit) -> RegisterEvent:
    """The removal of its entry."""
    with transaction():
        return ledger.record(
            EventKind.REMOVED,
            entry=unit.entries[0],
            effective_on=date(2025, 5, 6),
            by_actor="system",
            article="18",
            data={"ground": RemovalGround.MAJOR_INCIDENT},
        )


@pytest.fixture
def erratum(notice: Callable[..., Document]) -> Document:
    """A published announcement."""
    return content_services.publish(notice(DocumentType.ANNOUNCEMENT, slug="erratum-1"), by=None)


class TestCorrecting:
    def test_a_slip_of_the_pen_is_put_right_by_an_act_of_its_own(
        self, app: Flask, people: SimpleNamespace, unit: Unit
    ) -> None:
        event = first_act(unit)
        before = dict(event.data)
        made = correct(
            event, Correction("误植", {"name": RIGHT}, {"batch": "第一批"}), version=unit.version, by=people.editor
        )
        assert (unit.name, unit.entries[0].batch) == (RIGHT, "第一批")
        assert (made.kind, made.data["corrects"]) == (EventKind.CORRECTED, event.id)
        assert first_act(unit).data == before
        assert queries.find_units(NAME)[0].id == unit.id
        assert rebuild(check=True) == []
        log = db.session.scalars(select(audit.AuditRecord).order_by(audit.AuditRecord.id.desc())).first()
        assert log
        assert (log.action, log.data["changed"]) == ("register.event.corrected", ["batch", "name"])
        assert "误植" not in json.dumps(log.data, ensure_ascii=False)

    @pytest.mark.parametrize(
        ("correction", "field"),
        [
            (Correction("", {"name": RIGHT}), "reason"),
            (Correction("误植", {"name": NAME}), "reason"),
            (Correction("误植", {"name": "1"}), "name"),
            (Correction("误植", {"name": "拉萨另一示例有限公司"}), "name"),
            (Correction("误植", {"name": RIGHT}, document="no-such"), "document"),
        ],
    )
    def test_what_is_no_correction_is_refused(
        self,
        app: Flask,
        people: SimpleNamespace,
        unit: Unit,
        listed: Callable[..., Unit],
        correction: Correction,
        field: str,
    ) -> None:
        listed("拉萨另一示例有限公司")
        with pytest.raises(Invalid) as refused:
            correct(first_act(unit), correction, version=unit.version, by=people.editor)
        assert set(refused.value.fields) == {field}

    def test_who_may_and_who_was_too_late(self, app: Flask, people: SimpleNamespace, unit: Unit) -> None:
        correction = Correction("误植", {"name": RIGHT})
        for person in (people.lhasa_officer, people.determiner, people.auditor):
            with pytest.raises(NotPermitted):
                correct(first_act(unit), correction, version=unit.version, by=person)
        with pytest.raises(Stale):
            correct(first_act(unit), correction, version=unit.version - 1, by=people.editor)

    def test_a_removal_is_taken_back_only_with_a_published_document(
        self, app: Flask, people: SimpleNamespace, unit: Unit, removed: RegisterEvent, erratum: Document
    ) -> None:
        with pytest.raises(NotPermitted):
            correct(
                removed, Correction("弄错", restore=True, document="erratum-1"), version=unit.version, by=people.editor
            )
        with pytest.raises(Invalid):
            correct(removed, Correction("弄错", restore=True), version=unit.version, by=people.determiner)
        correct(
            removed, Correction("弄错", restore=True, document="erratum-1"), version=unit.version, by=people.determiner
        )
        entry = db.session.scalars(select(ListEntry)).one()
        assert (entry.status, entry.removed_on, entry.ground) == (EntryStatus.ACTIVE, None, None)
        assert rebuild(check=True) == []

    def test_at_the_desk(
        self,
        app: Flask,
        people: SimpleNamespace,
        login: Callable[[Person], FlaskClient],
        unit: Unit,
        client: FlaskClient,
    ) -> None:
        browser = login(people.editor)
        address = f"/desk/register/units/{unit.public_id}/acts/{first_act(unit).id}"
        assert address in browser.get(f"/desk/register/units/{unit.public_id}").text
        page = browser.get(address)
        assert page.status_code == 200
        assert 'name="restore"' not in page.text
        sent = {"name": RIGHT, "batch": "第二批", "version": unit.version}
        assert browser.post(address, data=sent).status_code == 200
        assert browser.post(address, data={**sent, "reason": "误植"}).status_code == 302
        assert RIGHT in client.get("/zh/lists/").text
        assert browser.get(f"/desk/register/units/{unit.public_id}/acts/99999").status_code == 404


class TestTheTimeline:
    def test_it_shows_the_days_the_documents_and_what_was_corrected(
        self, app: Flask, people: SimpleNamespace, client: FlaskClient, unit: Unit, erratum: Document
    ) -> None:
        with transaction():
            renamed = ledger.record(
                EventKind.RENAMED,
                unit=unit,
                effective_on=date(2025, 3, 4),
                by_actor="system",
                document=erratum,
                data={"to": RIGHT},
            )
        correct(renamed, Correction("内部原因不公开", {"name_bo": "ལྷ་ས"}), version=unit.version, by=people.editor)
        page = client.get(f"/en/units/{unit.public_id}").text
        assert 'href="/en/announcements/erratum-1"' in page
        assert "2025-03-04" in page
        assert "Corrected · Name changed" in page
        assert "内部原因不公开" not in page
        assert people.editor.actor not in page

    def test_a_changed_detail_stands_in_it_and_in_the_export_only_where_an_announcement_told_of_it(
        self, app: Flask, unit: Unit, erratum: Document
    ) -> None:
        with transaction():
            for document in (None, erratum):
                day, facts = date(2025, 3, 4), {"scope": "新增二期厂区。"}
                ledger.record(
                    EventKind.CHANGED,
                    unit=unit,
                    effective_on=day,
                    by_actor="system",
                    document=document,
                    data=facts,
                )
        told = sorted(item.event.id for item in timeline(unit))
        assert told == [event.id for event in public_events()]
        assert [event.document_id for event in public_events()] == [None, erratum.id]


class TestChanges:
    def test_they_are_followed_portion_by_portion(
        self, app: Flask, client: FlaskClient, unit: Unit, removed: RegisterEvent, listed: Callable[..., Unit]
    ) -> None:
        listed("日喀则示例水泥有限公司", place="日喀则市")
        point, seen = 0, []
        while answer := client.get(f"/api/v1/changes?since={point}&per_page=2").get_json():
            if not answer["items"]:
                break
            seen += [item["kind"] for item in answer["items"]]
            point = answer["next"]
        assert seen == ["imported", "removed", "imported"]
        assert (answer["total"], answer["next"]) == (0, point)
        item = client.get("/api/v1/changes?since=1&per_page=1").get_json()["items"][0]
        assert (item["counts_from"], item["entry"]["year"], item["facts"]["ground"]) == (
            "2025-05-06", 2024, "major_incident",
        )  # fmt: skip
        assert client.get("/api/v1/changes?since=-1").status_code == 422

    def test_nothing_of_the_desk_shows(
        self, app: Flask, people: SimpleNamespace, client: FlaskClient, unit: Unit
    ) -> None:
        with transaction():
            ledger.record(
                EventKind.REMOVAL_PROPOSED,
                entry=unit.entries[0],
                effective_on=None,
                by_actor=people.editor.actor,
                data={"ground": RemovalGround.VIOLATION},
            )
        correct(first_act(unit), Correction("内部原因", {"name": RIGHT}), version=unit.version, by=people.editor)
        told = client.get("/api/v1/changes").text
        assert [item["kind"] for item in json.loads(told)["items"]] == ["imported", "corrected"]
        assert "内部原因" not in json.loads(told)["items"][1]["facts"].values()
        assert "reason" not in told
        assert people.editor.actor not in told

    @pytest.mark.parametrize("language", ["zh", "bo", "en"])
    def test_the_feed(self, app: Flask, client: FlaskClient, unit: Unit, removed: RegisterEvent, language: str) -> None:
        answer = client.get(f"/{language}/lists/changes.atom")
        assert answer.content_type.startswith("application/atom+xml")
        feed = fromstring(answer.data)
        entries = feed.findall(f"{ATOM}entry")
        assert len(entries) == 2
        assert NAME in (entries[0].findtext(f"{ATOM}title") or "")
        assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 2
