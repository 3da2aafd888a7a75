"""A draft under two hands: it is sent once, and no file that was taken is lost."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from portal.complaints import services as complaints
from portal.complaints.models import Case, Evidence
from portal.complaints.respondents import respondent_of
from portal.filings.drafts import services
from portal.filings.drafts.models import DraftFile, FilingDraft
from portal.foundation import audit
from portal.foundation.database import db
from portal.foundation.errors import Invalid
from portal.foundation.languages import Language
from portal.vault import current_vault
from tests.complaints.conftest import PNG, filing


@pytest.fixture
def draft(app, units) -> str:
    """A draft with one file; its handle."""
    begun = services.start(Case, Language.ZH)
    services.save_step(begun, "look", {"respondent": units.lhasa.public_id})
    services.add_file(begun, "一.png", io.BytesIO(PNG))
    handle = begun.handle
    db.session.remove()
    return handle


def send(app, handle: str, start: Barrier) -> tuple[str, str]:
    with app.app_context():
        begun = services.by_handle(handle)
        about = respondent_of(services.fields_of(begun)["respondent"])
        assert about is not None
        letter = filing(about, files=())
        start.wait(20)
        try:
            sent = complaints.send_draft(begun, letter)
            return sent.filing.receipt, sent.secret
        finally:
            db.session.remove()


def add(app, handle: str, start: Barrier) -> bool:
    with app.app_context():
        begun = services.by_handle(handle)
        start.wait(20)
        try:
            services.add_file(begun, "二.png", io.BytesIO(PNG))
        except services.DraftGone:
            return False
        finally:
            db.session.remove()
    return True


def test_sent_twice_at_the_same_moment_it_is_one_complaint(app, draft):
    start = Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(lambda _n: send(app, draft, start), range(2))
    assert one == two
    assert db.session.scalar(select(func.count()).select_from(Case)) == 1
    assert db.session.scalar(select(func.count()).select_from(Evidence)) == 1
    assert db.session.scalar(select(func.count()).select_from(FilingDraft)) == 0
    assert audit.verify() is None


def test_a_file_that_was_taken_while_it_is_sent_belongs_to_the_complaint(app, draft):
    start = Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        sending, adding = pool.submit(send, app, draft, start), pool.submit(add, app, draft, start)
        sending.result()
        taken = adding.result()
    kept = db.session.scalars(select(Evidence)).all()
    assert len(kept) == 1 + taken
    assert db.session.scalar(select(func.count()).select_from(DraftFile)) == 0
    assert all(current_vault().store.exists(item.store_key) for item in kept)


def test_its_last_file_taken_away_while_it_is_sent_there_is_no_complaint_without_material(app, draft, monkeypatch):
    """Both had looked before either began: the complaint is refused, and the draft stays."""
    begun = services.by_handle(draft)
    about = respondent_of(services.fields_of(begun)["respondent"])
    taking_out = services.take_out

    def take_out_late(late: FilingDraft) -> list[DraftFile]:
        services.drop_file(late, late.files[0].id)
        return taking_out(late)

    monkeypatch.setattr(services, "take_out", take_out_late)
    with pytest.raises(Invalid):
        complaints.send_draft(begun, filing(about, files=()))
    assert db.session.scalar(select(func.count()).select_from(Case)) == 0
    assert services.by_handle(draft)
