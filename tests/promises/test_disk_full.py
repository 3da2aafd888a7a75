"""A full disk is said before anything is acknowledged, and nothing is half kept."""

from __future__ import annotations

import errno
import io
import resource
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from obstore.exceptions import GenericError
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from portal.complaints import services
from portal.complaints.models import Case
from portal.complaints.respondents import Respondent
from portal.foundation import audit
from portal.foundation.database import db
from portal.foundation.room import NoRoom, is_full
from portal.vault import current_vault
from tests.complaints.conftest import NAME, NUMBER, PHONE, PNG, STATEMENT, filing
from tests.conftest import make_app

MEGABYTE = 1024**2


@pytest.fixture
def own_app(tmp_path):
    """An application whose database and files may be spoilt."""
    app = make_app(tmp_path)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """As on a disk that ends there: whatever writes a file beyond this size is told that there is no room."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def full_database() -> Iterator[None]:
    """The database may not grow by a single page."""

    def end_here(connection: object, *_rest: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]  # type: ignore[attr-defined]
        connection.execute(f"PRAGMA max_page_count = {pages}")  # type: ignore[attr-defined]

    def lift(connection: object, *_rest: object) -> None:
        connection.execute("PRAGMA max_page_count = 1073741823")  # type: ignore[attr-defined]

    db.session.remove()
    event.listen(db.engine, "checkout", end_here)
    try:
        yield
    finally:
        event.remove(db.engine, "checkout", end_here)
        event.listen(db.engine, "checkout", lift)
        db.session.remove()


def form(files: int = 1, size: int = 0) -> dict[str, object]:
    return {
        "respondent_name": "名单里没有的样本单位",
        "problem_kind": "false_data",
        "statement": STATEMENT * 40,
        "name": NAME,
        "id_type": "resident_id",
        "id_number": NUMBER,
        "phone": PHONE,
        "evidence": [(io.BytesIO(PNG + bytes(size)), f"照片{number}.png") for number in range(files)],
        "consent": "y",
    }


def kept() -> tuple[int, list[str]]:
    db.session.rollback()
    return db.session.query(Case).count(), list(current_vault().store.keys())


def test_a_full_database_is_said_and_nothing_is_kept(own_app):
    client = own_app.test_client()
    with full_database():
        answers = [client.post("/zh/complaints/new", data=form()) for _ in range(30)]
    refused = [answer for answer in answers if answer.status_code == 503]
    taken = [answer for answer in answers if answer.status_code == 201]
    assert refused, "the database found room for everything"
    assert len(refused) + len(taken) == len(answers)
    assert all("平台存储空间不足" in answer.text for answer in refused)
    assert kept()[0] == len(kept()[1]) == len(taken)
    assert audit.verify() is None
    # As soon as there is room again the next one is taken.
    assert client.post("/zh/complaints/new", data=form()).status_code == 201


def test_what_was_written_stays_in_the_form(own_app):
    client = own_app.test_client()
    with full_database():
        answers = [client.post("/zh/complaints/new", data=form()) for _ in range(30)]
    refused = next(answer for answer in answers if answer.status_code == 503)
    assert STATEMENT in refused.text


def test_a_full_store_is_said_and_the_files_before_are_removed(own_app):
    content = [("小.png", io.BytesIO(PNG)), ("大.png", io.BytesIO(PNG + bytes(20 * MEGABYTE)))]
    token = services.new_token()
    with no_file_beyond(12 * MEGABYTE), pytest.raises(NoRoom):
        services.file_complaint(filing(Respondent("名单里没有的样本单位"), files=content), token)
    assert kept() == (0, [])
    assert not [
        path for path in own_app.extensions["portal.settings"].data_dir.joinpath("files").rglob("*") if path.is_file()
    ]
    again = [("小.png", io.BytesIO(PNG)), ("大.png", io.BytesIO(PNG + bytes(20 * MEGABYTE)))]
    assert services.file_complaint(filing(Respondent("名单里没有的样本单位"), files=again), token).filing.id
    assert kept()[0] == 1


def test_no_room_for_the_upload_itself_is_said_too(own_app):
    client = own_app.test_client()
    # Written out beforehand: the client's own buffer would be the first to find no room.
    fields = [(name, item) for name, value in form(size=20 * MEGABYTE).items() for item in _each(value)]
    boundary, body = encode_multipart(MultiDict(fields))
    with no_file_beyond(12 * MEGABYTE):
        answer = client.post("/bo/complaints/new", data=body, content_type=f"multipart/form-data; boundary={boundary}")
    assert answer.status_code == 503
    assert "བར་སྟོང་མི་འདང" in answer.text
    assert kept() == (0, [])


def _each(value: object) -> list[object]:
    if not isinstance(value, list):
        return [value]
    return [FileStorage(stream, filename=name) for stream, name in value]


@pytest.mark.parametrize(
    ("fault", "full"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (OSError("Generic LocalFileSystem error: Unable to copy data to file (os error 28)"), True),
        (GenericError("Unable to copy data to file: File too large (os error 27)"), True),
        (OperationalError("INSERT", {}, psycopg.errors.DiskFull("could not extend file")), True),
        (OperationalError("INSERT", {}, psycopg.errors.LockNotAvailable("could not obtain lock")), False),
        (ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"), False),
        (OSError("Generic LocalFileSystem error: permission (os error 13)"), False),
        (ValueError("(os error 28)"), False),
    ],
)
def test_a_full_disk_is_told_from_other_faults(fault, full):
    assert is_full(fault) is full
