"""What hides in a draft's files: shown to the sender, left out on request, kept with the original's digest otherwise."""

from __future__ import annotations

import hashlib
import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.complaints.models import Case
from portal.filings.drafts import details
from portal.filings.drafts import services as drafts
from portal.filings.drafts.models import DraftFile, FilingDraft
from portal.foundation.database import db
from portal.foundation.errors import NotFound
from portal.foundation.languages import Language
from portal.vault import current_vault
from portal.vault.metadata import DetailKind, HiddenDetail, NotParsed
from tests.vault import files

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"


@pytest.fixture
def draft(app: Flask) -> FilingDraft:
    return drafts.start(Case, Language.ZH)


@pytest.fixture
def photo() -> bytes:
    """A photo that tells its place."""
    return files.photo()


def clear(item: DraftFile) -> bytes:
    return b"".join(current_vault().read_back(drafts.box_of(item.draft), item.store_key))


def kinds(found: details.Hidden) -> set[DetailKind]:
    return {detail.kind for detail in found.details}


def test_a_photo_tells_its_place_and_nobody_but_its_sender_reads_it(draft, photo):
    item = drafts.add_file(draft, "现场.jpg", io.BytesIO(photo))
    found = details.look_through(item.draft)[item.id]
    assert DetailKind.PLACE in kinds(found)
    place = next(detail.value for detail in found.details if detail.kind is DetailKind.PLACE)
    sealed = db.session.get_one(DraftFile, item.id).sealed_details
    assert sealed is not None
    assert place.encode() not in sealed


def test_files_are_looked_through_once(draft, photo, monkeypatch):
    item = drafts.add_file(draft, "现场.jpg", io.BytesIO(photo))
    first = details.look_through(item.draft)
    monkeypatch.setattr(details.metadata, "inspect", lambda *_: 1 / 0)
    assert details.look_through(item.draft) == first


def test_a_cleaned_copy_takes_the_place_of_the_file(draft, photo):
    item = drafts.add_file(draft, "现场.jpg", io.BytesIO(photo))
    number, key = item.id, item.store_key
    new = details.clean(item.draft, number)
    assert [held.id for held in new.draft.files] == [new.id]
    assert drafts.file_name(new) == "现场.jpg"
    assert new.as_it_is is False
    assert new.sha256 == hashlib.sha256(clear(new)).hexdigest() != hashlib.sha256(photo).hexdigest()
    assert not current_vault().store.exists(key)
    found = details.look_through(new.draft)[new.id]
    assert (found.cleaned, list(found.details)) == (True, [])


def test_a_file_that_is_sent_as_it_is_keeps_its_digest(draft, photo):
    item = drafts.add_file(draft, "现场.jpg", io.BytesIO(photo))
    details.keep(item.draft, item.id)
    kept = db.session.get_one(DraftFile, item.id)
    assert kept.as_it_is is True
    assert kept.sha256 == hashlib.sha256(photo).hexdigest()
    assert clear(kept) == photo


def test_a_file_that_cannot_be_cleaned_stays(draft):
    item = drafts.add_file(draft, "记录.txt", io.BytesIO("样本记录".encode()))
    with pytest.raises(details.CannotClean):
        details.clean(item.draft, item.id)
    assert clear(db.session.get_one(DraftFile, item.id)) == "样本记录".encode()
    assert details.look_through(item.draft)[item.id].looked is False


def test_a_damaged_picture_is_taken_and_nothing_is_said_of_what_hides_in_it(draft):
    item = drafts.add_file(draft, "坏图.png", io.BytesIO(PNG))
    assert details.look_through(item.draft)[item.id].looked is False


def test_a_file_is_looked_through_later_where_too_many_are_at_once(draft, photo, monkeypatch):
    item = drafts.add_file(draft, "现场.jpg", io.BytesIO(photo))

    def busy(*_: object) -> list[HiddenDetail]:
        raise NotParsed(details.Fault.BUSY)

    with monkeypatch.context() as crowd:
        crowd.setattr(details.metadata, "inspect", busy)
        assert details.look_through(item.draft) == {}
    assert details.look_through(item.draft)[item.id].looked


def test_a_file_of_another_draft_is_not_ones_own(draft, photo):
    item = drafts.add_file(drafts.start(Case, Language.BO), "现场.jpg", io.BytesIO(photo))
    for act in (details.keep, details.clean):
        with pytest.raises(NotFound):
            act(draft, item.id)


# Pages, without scripts


@pytest.fixture
def writing(client: FlaskClient) -> FlaskClient:
    """A browser that writes a complaint and has come to the material."""
    answer = client.post("/zh/complaints/new/whom", data={"respondent_name": "样本工厂"})
    assert answer.status_code == 302
    return client


def send(browser: FlaskClient, content: bytes, name: str) -> Any:
    sent = {"evidence": (io.BytesIO(content), name), "go": "add"}
    return browser.post("/zh/complaints/new/material", data=sent, follow_redirects=True)


def test_the_page_shows_what_hides_and_cleans_without_scripts(writing, photo):
    page = send(writing, photo, "现场.jpg").text
    assert "此文件带有隐藏信息" in page
    action = re.search(r'action="([^"]+/material/\d+)"', page)
    assert action
    page = writing.post(action.group(1), data={"what": "clean"}, follow_redirects=True).text
    assert "这是清除隐藏信息后的副本" in page
    assert "此文件带有隐藏信息" not in page


def test_the_page_sends_a_file_as_it_is_without_scripts(writing, photo):
    page = send(writing, photo, "现场.jpg").text
    action = re.search(r'action="([^"]+/material/\d+)"', page)
    assert action
    page = writing.post(action.group(1), data={"what": "keep"}, follow_redirects=True).text
    assert "按原样发送" in page
    assert db.session.scalars(select(DraftFile.sha256)).all() == [hashlib.sha256(photo).hexdigest()]


def test_the_page_says_that_a_file_cannot_be_cleaned(writing, photo, monkeypatch):
    page = send(writing, photo, "现场.jpg").text
    action = re.search(r'action="([^"]+/material/\d+)"', page)
    assert action

    def signed(*_: object) -> None:
        raise NotParsed(details.Fault.SIGNED)

    monkeypatch.setattr(details.metadata, "clean", signed)
    page = writing.post(action.group(1), data={"what": "clean"}, follow_redirects=True).text
    assert "此文件无法清除隐藏信息" in page


def test_limits_are_told_before(writing):
    page = writing.get("/zh/complaints/new/material").text
    for said in ("单个文件不得超过100MB", "最多可上传10个文件", "全部文件合计不得超过500MB"):
        assert said in page
