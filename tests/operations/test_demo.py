"""The demonstration: complete after the first start, unchanged after the second."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import create_app, search
from portal.authorities import queries
from portal.complaints.models import Case
from portal.complaints.rules import CaseStatus
from portal.content.models import Document
from portal.content.rules import DocumentState, DocumentType
from portal.foundation import audit, clock
from portal.foundation.database import db
from portal.operations import serving
from portal.operations.demo import seeding
from portal.register.models import ListEntry, Unit
from portal.register.queries import open_windows
from portal.settings import ConfigurationError, Environment, Settings


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A demonstration that was started once."""
    app = create_app(Settings(data_dir=tmp_path_factory.mktemp("demo"), rate_limits=False))
    app.config.update(TESTING=True, SERVER_NAME="localhost")
    # A day whose official calendar is known, whenever the tests run.
    with clock.at(datetime(2026, 6, 10, 4, tzinfo=UTC)), app.app_context():
        db.create_all()
        app.extensions["receipts"] = seeding.seed(lambda _line: None)
        search.apply_pending(app)
        yield app
        db.session.remove()


def test_every_row_of_the_real_lists_is_there(demonstration):
    assert db.session.scalar(select(func.count(ListEntry.id))) >= 2509
    assert db.session.scalar(select(func.count(Unit.id)).where(Unit.is_sample)) == 9


def test_there_is_a_complaint_in_every_state(demonstration):
    found = set(db.session.scalars(select(Case.status)))
    assert found == set(CaseStatus)


def test_documents_of_both_languages_are_public_and_a_window_is_open(demonstration):
    public = db.session.scalars(select(Document).where(Document.state == DocumentState.PUBLISHED)).all()
    assert {document.type for document in public} >= {
        DocumentType.PUBLICITY,
        DocumentType.ANNOUNCEMENT,
        DocumentType.POLICY,
        DocumentType.NEWS,
    }
    assert sum(bool(document.title.bo) for document in public) >= 6
    assert len(open_windows(clock.today())) == 1


def test_everything_fictional_says_that_it_is_a_sample(demonstration):
    assert all("样本" in unit.name for unit in db.session.scalars(select(Unit).where(Unit.is_sample)))
    assert all(case.is_sample and "样本" in case.respondent_name for case in db.session.scalars(select(Case)).unique())


def test_no_complaint_names_a_real_enterprise(demonstration):
    units = db.session.scalars(select(Unit).join(Case, Case.unit_id == Unit.id)).unique()
    assert all(unit.is_sample for unit in units)


def test_the_chain_of_the_audit_log_holds(demonstration):
    assert audit.verify() is None


def test_the_index_shows_what_the_database_holds(demonstration):
    assert search.drift(demonstration).is_clean


def test_a_second_start_changes_nothing(demonstration):
    before = audit.count()
    again = seeding.seed(lambda _line: None)
    assert again == demonstration.extensions["receipts"]
    assert audit.count() == before
    assert search.apply_pending(demonstration) == 0


def test_the_printed_accounts_open_the_desk(demonstration):
    for account in seeding.ACCOUNTS:
        person = queries.person_by_email(account.email)
        assert person is not None
        assert person.verify_and_update_password(seeding.PASSWORD)


def test_production_refuses_the_demonstrations_accounts(demonstration, monkeypatch):
    production = demonstration.extensions["portal.settings"].model_copy(update={"env": Environment.PRODUCTION})
    monkeypatch.setitem(demonstration.extensions, "portal.settings", production)
    with pytest.raises(ConfigurationError, match="demo accounts"):
        serving.refuse_demo_accounts(demonstration)


def test_the_data_of_the_project_is_its_own_copy():
    folder = Path(seeding.__file__).parents[2] / "register" / "data"
    assert (folder / "national_lists.csv").is_file()
    assert (folder / "SOURCES.md").is_file()
