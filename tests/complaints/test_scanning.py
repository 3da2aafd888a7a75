"""What a scan for harmful software means for a complaint: refused in words, or scanned later and not handed out."""

from __future__ import annotations

import dataclasses
import io

import pytest
from sqlalchemy import select

from portal.complaints import services
from portal.complaints.models import Case
from portal.complaints.respondents import Respondent
from portal.filings.scanning import scan_waiting
from portal.foundation.audit import AuditRecord
from portal.foundation.database import db
from portal.vault.scanning import Scanner, ScanState
from tests.complaints.conftest import STATEMENT, filing
from tests.vault import files
from tests.vault.clamd import HARM, clamd

HARMFUL = files.photo() + HARM


@pytest.fixture
def scanner():
    with clamd() as server:
        yield server


@pytest.fixture
def scanning(app, monkeypatch):
    """Have the portal scan with a server, or with none that answers."""

    def use(address):
        vault = dataclasses.replace(app.extensions["portal.vault"], scanner=Scanner(address) if address else None)
        monkeypatch.setitem(app.extensions, "portal.vault", vault)

    return use


@pytest.fixture
def infected(units, scanning, scanner):
    """A case whose harmful photo came while the scanner was away, and was scanned since."""
    scanning("localhost:1")
    wish = filing(Respondent(units.lhasa.name, units.lhasa), files=[("照片.jpg", io.BytesIO(HARMFUL))])
    case = services.file_complaint(wish, services.new_token()).filing
    assert case.evidence[0].scan is None
    scanning(scanner.address)
    assert scan_waiting() == 1
    return case


def test_harmful_software_is_refused_in_words_and_nothing_is_kept(client, complaint_form, scanning, scanner):
    scanning(scanner.address)
    form = {**complaint_form, "evidence": (io.BytesIO(HARMFUL), "照片.jpg")}
    page = client.post("/zh/complaints/new", data=form, content_type="multipart/form-data")
    assert page.status_code == 422
    assert "恶意软件" in page.text
    assert STATEMENT in page.text
    assert not db.session.scalars(select(Case)).first()


def test_a_clean_file_is_marked_so(filed, units, scanning, scanner):
    scanning(scanner.address)
    wish = filing(Respondent(units.lhasa.name, units.lhasa))
    case = services.file_complaint(wish, services.new_token()).filing
    assert case.evidence[0].scan is ScanState.CLEAN


def test_the_worker_scans_what_came_while_the_scanner_was_away(filed, scanning, scanner):
    case = filed.filing
    assert case.evidence[0].scan is None
    assert scan_waiting() == 0
    scanning("localhost:1")
    assert scan_waiting() == 0
    scanning(scanner.address)
    assert scan_waiting() == 1
    assert scan_waiting() == 0
    db.session.refresh(case.evidence[0])
    assert case.evidence[0].scan is ScanState.CLEAN


def test_harm_found_later_keeps_the_original_in(infected, people, login):
    officer = login(people.lhasa_officer)
    db.session.refresh(infected.evidence[0])
    assert infected.evidence[0].scan is ScanState.INFECTED
    address = f"/desk/verification/{infected.id}/evidence/{infected.evidence[0].id}"
    refused = officer.get(address)
    assert refused.status_code == 422
    assert HARM not in refused.data
    assert officer.get(f"{address}/preview/1").status_code == 200
    assert " download>" not in officer.get(f"/desk/verification/{infected.id}").text
    found = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "filings.evidence.infected")).one()
    assert found.data == {}


def test_a_file_that_waits_for_its_scan_is_marked(filed, people, login, scanning, app, monkeypatch):
    settings = app.extensions["portal.settings"]
    officer = login(people.lhasa_officer)
    address = f"/desk/verification/{filed.filing.id}"
    assert "data-unscanned" not in officer.get(address).text
    monkeypatch.setitem(app.extensions, "portal.settings", settings.model_copy(update={"clamd": "localhost:1"}))
    assert "data-unscanned" in officer.get(address).text
