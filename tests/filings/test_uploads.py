"""Files in pieces: the protocol to the letter, what survives a broken line, what is refused and how it is said."""

from __future__ import annotations

import base64
import hashlib
import io
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask, Response
from sqlalchemy import select
from werkzeug.datastructures import Headers

from portal.complaints.models import Case
from portal.filings.drafts import services as drafts
from portal.filings.drafts.models import DraftFile, FilingDraft
from portal.filings.uploads import answering, holding, receiving, services
from portal.filings.uploads.models import Upload, UploadPart, UploadState
from portal.foundation.database import db
from portal.foundation.languages import Language
from portal.vault import current_vault, parts

NOW = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
PICTURE = PNG + bytes(range(256)) * 12
NAME = "电表照片.png"
SAID = "filename " + base64.b64encode(NAME.encode()).decode()
BYTES = {"Content-Type": "application/offset+octet-stream"}


class Torn(io.RawIOBase):
    """A line that breaks after some bytes, with an error or in silence."""

    def __init__(self, content: bytes, *, loudly: bool) -> None:
        super().__init__()
        self._content, self._loudly = io.BytesIO(content), loudly

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._content.read(min(len(buffer), 700))
        if not piece and self._loudly:
            raise ConnectionResetError
        buffer[: len(piece)] = piece
        return len(piece)


@pytest.fixture
def draft(app: Flask) -> FilingDraft:
    # What the drafts of other tests have left in the store.
    services.sweep()
    return drafts.start(Case, Language.ZH)


@pytest.fixture
def ask(app: Flask, draft: FilingDraft):
    """Ask the collection or, with a handle, one upload: ``ask("PATCH", handle, PICTURE, {"Upload-Offset": "0"})``."""
    own = draft.id

    def send(
        method: str, handle: str = "", content: Any = b"", headers: dict[str, str] | None = None, *, of: int = own
    ) -> Response:
        said = Headers({"Tus-Resumable": "1.0.0", **(headers or {})})
        body: dict[str, Any] = {"data": content}
        if hasattr(content, "read"):
            announced = said.pop("Content-Length")
            body = {"environ_overrides": {"wsgi.input": content, "CONTENT_LENGTH": announced}}
        with app.test_request_context("/zh/x", method=method, headers=said, **body):

            def owner() -> FilingDraft:
                return db.session.get_one(FilingDraft, of)

            if handle:
                answer = answering.resource(owner, handle)
            else:
                answer = answering.collection(owner, lambda made: f"/x/{made}")
            answer = answering.sign(answer)
        db.session.rollback()
        return answer

    return send


@pytest.fixture
def begun(ask) -> str:
    """An upload of the picture, announced; its handle."""
    return begin(ask)


def begin(ask) -> str:
    answer = ask("POST", headers={"Upload-Length": str(len(PICTURE)), "Upload-Metadata": SAID})
    return str(answer.headers["Location"].rpartition("/")[2])


def patch(ask, handle: str, offset: int, content: Any, **headers: str) -> Response:
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    return ask("PATCH", handle, content, {**BYTES, "Upload-Offset": str(offset), **said})


def checksum(content: bytes, algorithm: str = "sha256") -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"


def files() -> list[DraftFile]:
    return list(db.session.scalars(select(DraftFile)))


def clear(item: DraftFile) -> bytes:
    return b"".join(current_vault().read_back(drafts.box_of(item.draft), item.store_key))


def lying() -> list[str]:
    return list(current_vault().store.keys("uploads"))


# The protocol


def test_the_abilities_are_told_to_anybody(ask):
    answer = ask("OPTIONS", headers={"Tus-Resumable": "0.2.2"})
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation,creation-with-upload,termination,expiration,checksum"
    assert answer.headers["Tus-Max-Size"] == str(100 * 1024**2)
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"


@pytest.mark.parametrize("version", ["0.2.2", "2.0.0", ""])
def test_another_version_is_refused_before_anything_is_done(ask, begun, version):
    answer = ask("DELETE", begun, headers={"Tus-Resumable": version})
    assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")
    assert ask("HEAD", begun).status_code == 200


def test_an_upload_is_announced_and_told_of(ask):
    with time_machine.travel(NOW, tick=False):
        made = ask("POST", headers={"Upload-Length": "100", "Upload-Metadata": SAID})
        assert made.status_code == 201
        assert made.headers["Upload-Expires"] == "Fri, 06 Mar 2026 02:00:00 GMT"
        told = ask("HEAD", made.headers["Location"].rpartition("/")[2])
    assert told.status_code == 200
    assert told.headers["Upload-Offset"] == "0"
    assert told.headers["Upload-Length"] == "100"
    assert told.headers["Upload-Metadata"] == SAID
    assert told.headers["Cache-Control"] == "no-store"
    assert told.headers["Tus-Resumable"] == made.headers["Tus-Resumable"] == "1.0.0"


def test_a_file_arrives_in_one_request(ask, begun):
    answer = patch(ask, begun, 0, PICTURE)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(len(PICTURE)))
    (item,) = files()
    assert clear(item) == PICTURE
    assert (item.size, item.media_type) == (len(PICTURE), "image/png")
    assert item.sha256 == hashlib.sha256(PICTURE).hexdigest()
    assert drafts.file_name(item) == NAME
    assert lying() == []
    told = ask("HEAD", begun)
    assert told.headers["Upload-Offset"] == told.headers["Upload-Length"] == str(len(PICTURE))


def test_a_file_arrives_in_many_requests(ask, begun):
    for start in range(0, len(PICTURE), 500):
        answer = patch(ask, begun, start, PICTURE[start : start + 500])
        assert answer.headers["Upload-Offset"] == str(min(start + 500, len(PICTURE)))
        # Small requests do not make many parts.
        assert len(lying()) <= 1
    (item,) = files()
    assert clear(item) == PICTURE


def test_a_file_larger_than_a_part_arrives(ask, begun, monkeypatch):
    monkeypatch.setattr(parts, "LARGEST", 1000)
    monkeypatch.setattr(receiving, "SMALLEST", 100)
    monkeypatch.setattr(receiving, "SIP", 333)
    assert patch(ask, begun, 0, PICTURE[:2050]).headers["Upload-Offset"] == "2050"
    sizes = [row.size for row in db.session.scalars(select(UploadPart).order_by(UploadPart.start))]
    assert sizes == [1000, 1000, 50]
    patch(ask, begun, 2050, PICTURE[2050:])
    (item,) = files()
    assert clear(item) == PICTURE
    assert lying() == []


def test_the_first_bytes_may_come_with_the_announcement(ask):
    headers = {"Upload-Length": str(len(PICTURE)), "Upload-Metadata": SAID, **BYTES}
    answer = ask("POST", content=PICTURE[:100], headers=headers)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "100")
    patch(ask, answer.headers["Location"].rpartition("/")[2], 100, PICTURE[100:])
    assert len(files()) == 1


def test_the_whole_file_may_come_with_the_announcement(ask):
    headers = {"Upload-Length": str(len(PICTURE)), "Upload-Metadata": SAID, **BYTES}
    assert ask("POST", content=PICTURE, headers=headers).headers["Upload-Offset"] == str(len(PICTURE))
    assert len(files()) == 1


def test_a_client_that_cannot_patch_says_so_in_a_header(ask, begun):
    headers = {**BYTES, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert ask("POST", begun, PICTURE, headers).status_code == 204
    assert ask("POST", begun, headers={"X-HTTP-Method-Override": "HEAD"}).headers["Upload-Offset"] == str(len(PICTURE))
    assert ask("POST", begun).status_code == 405
    assert ask("POST", begun, headers={"X-HTTP-Method-Override": "DELETE"}).status_code == 204
    assert files() == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Upload-Length": "-1"},
        {"Upload-Length": "1.5"},
        {"Upload-Length": "9" * 16},
        {"Upload-Defer-Length": "1"},
        {"Upload-Length": "9", "Upload-Metadata": "filename not*base64"},
        {"Upload-Length": "9", "Upload-Metadata": "a YQ==,a YQ=="},
        {"Upload-Length": "9", "Upload-Metadata": ",b YQ=="},
        {"Upload-Length": "9", "Upload-Metadata": "name " + "QUFB" * 1200},
        {"Upload-Length": "9", "Upload-Checksum": "md5 AAAA", **BYTES},
    ],
)
def test_an_announcement_that_is_not_of_the_protocol_is_refused(ask, headers):
    assert ask("POST", headers=headers).status_code == 400
    assert db.session.scalars(select(Upload)).all() == []


def test_bytes_of_another_type_are_refused(ask, begun):
    assert ask("POST", content=b"a=b", headers={"Upload-Length": "3"}).status_code == 400
    answer = ask("PATCH", begun, PICTURE, {"Upload-Offset": "0", "Content-Type": "image/png"})
    assert answer.status_code == 415
    assert ask("HEAD", begun).headers["Upload-Offset"] == "0"


@pytest.mark.parametrize("offset", ["", "-1", "x"])
def test_a_piece_says_where_it_begins(ask, begun, offset):
    assert ask("PATCH", begun, PICTURE, {**BYTES, "Upload-Offset": offset}).status_code == 400


@pytest.mark.parametrize("offset", [0, 99, 101, len(PICTURE)])
def test_a_piece_begins_where_the_file_ends(ask, begun, offset):
    patch(ask, begun, 0, PICTURE[:100])
    assert patch(ask, begun, offset, PICTURE[100:]).status_code == 409
    assert ask("HEAD", begun).headers["Upload-Offset"] == "100"


def test_more_bytes_than_announced_are_refused(ask, begun):
    assert patch(ask, begun, 0, PICTURE + b"x").status_code == 413
    assert ask("HEAD", begun).headers["Upload-Offset"] == "0"


def test_nothing_more_is_taken_when_all_is_there(ask, begun):
    patch(ask, begun, 0, PICTURE)
    assert patch(ask, begun, len(PICTURE), b"").status_code == 204
    assert patch(ask, begun, len(PICTURE), b"x").status_code == 413
    assert len(files()) == 1


# Checksums


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_piece_with_its_checksum_counts(ask, begun, algorithm):
    assert patch(ask, begun, 0, PICTURE[:900], Upload_Checksum=checksum(PICTURE[:900], algorithm)).status_code == 204
    assert patch(ask, begun, 900, PICTURE[900:], Upload_Checksum=checksum(PICTURE[900:], algorithm)).status_code == 204
    assert clear(files()[0]) == PICTURE


def test_a_piece_with_another_checksum_is_forgotten(ask, begun, monkeypatch):
    monkeypatch.setattr(parts, "LARGEST", 300)
    patch(ask, begun, 0, PICTURE[:100])
    before = lying()
    answer = patch(ask, begun, 100, PICTURE[100:], Upload_Checksum=checksum(b"other"))
    assert answer.status == "460 Checksum Mismatch"
    assert ask("HEAD", begun).headers["Upload-Offset"] == "100"
    assert lying() == before
    patch(ask, begun, 100, PICTURE[100:])
    assert clear(files()[0]) == PICTURE


def test_a_checksum_by_an_unknown_algorithm_is_refused(ask, begun):
    assert patch(ask, begun, 0, PICTURE, Upload_Checksum="crc32 AAAA").status_code == 400
    assert patch(ask, begun, 0, PICTURE, Upload_Checksum="sha1 %%%").status_code == 400
    assert ask("HEAD", begun).headers["Upload-Offset"] == "0"


def test_a_torn_piece_with_a_checksum_is_forgotten(ask, begun):
    torn = Torn(PICTURE[:1500], loudly=False)
    answer = patch(ask, begun, 0, torn, Content_Length=str(len(PICTURE)), Upload_Checksum=checksum(PICTURE))
    assert answer.status_code == 460
    assert ask("HEAD", begun).headers["Upload-Offset"] == "0"
    assert lying() == []


# Broken lines


@pytest.mark.parametrize("loudly", [True, False])
def test_what_arrived_before_the_line_broke_is_kept(ask, begun, loudly):
    start = 0
    for end in (1, 1300, 1301, 2900):
        torn = Torn(PICTURE[start:end], loudly=loudly)
        patch(ask, begun, start, torn, Content_Length=str(len(PICTURE) - start))
        assert ask("HEAD", begun).headers["Upload-Offset"] == str(end)
        start = end
    assert files() == []
    patch(ask, begun, start, PICTURE[start:])
    assert clear(files()[0]) == PICTURE


def test_on_a_slow_line_what_arrived_is_put_away_now_and_then(draft, monkeypatch):
    monkeypatch.setattr(receiving, "SIP", 100)
    handle = services.announce(draft, len(PICTURE), SAID).handle
    seen = []

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            traveller.shift(timedelta(seconds=2))
            seen.append(db.session.scalar(select(Upload.offset)))
            db.session.rollback()
            return super().read(size)

    with time_machine.travel(NOW, tick=False) as traveller:
        services.receive(draft, handle, 0, Slow(PICTURE[:1000]), checksum=None)
        assert seen[-1] == 900
        assert len(lying()) == 1
        services.receive(draft, handle, 1000, io.BytesIO(PICTURE[1000:]), checksum=None)
    assert clear(files()[0]) == PICTURE


def test_two_requests_at_once_do_not_mix(app, draft, ask, begun):
    started, go_on = threading.Event(), threading.Event()

    class Held(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            started.set()
            assert go_on.wait(10)
            return super().read(size)

    draft_id = draft.id
    db.session.rollback()

    def first() -> None:
        with app.app_context():
            mine = db.session.get_one(FilingDraft, draft_id)
            services.receive(mine, begun, 0, Held(PICTURE), checksum=None)
            db.session.remove()

    writer = threading.Thread(target=first)
    writer.start()
    assert started.wait(10)
    assert patch(ask, begun, 0, b"other" * 100).status_code == 423
    go_on.set()
    writer.join()
    assert clear(files()[0]) == PICTURE


def test_a_silent_request_is_followed_by_another(draft):
    handle = services.announce(draft, len(PICTURE), SAID).handle

    class Overtaken(io.BytesIO):
        """While this one sleeps, another sends everything."""

        def read(self, size: int | None = -1) -> bytes:
            if not self.tell():
                traveller.shift(holding.SILENCE)
                services.receive(draft, handle, 0, io.BytesIO(PICTURE), checksum=None)
            return super().read(size)

    with time_machine.travel(NOW, tick=False) as traveller, pytest.raises(holding.HoldLost):
        services.receive(draft, handle, 0, Overtaken(b"too late"), checksum=None)
    assert clear(files()[0]) == PICTURE
    assert lying() == []


# Ends


def test_giving_up_frees_everything_and_the_address_is_gone(ask, begun):
    patch(ask, begun, 0, PICTURE[:900])
    assert ask("DELETE", begun).status_code == 204
    assert lying() == []
    for method in ("HEAD", "PATCH", "DELETE"):
        assert ask(method, begun, b"", {**BYTES, "Upload-Offset": "900"}).status_code == 404


def test_giving_up_a_whole_file_takes_it_out_of_the_draft(ask, begun):
    patch(ask, begun, 0, PICTURE)
    (item,) = files()
    assert ask("DELETE", begun).status_code == 204
    assert files() == []
    assert not current_vault().store.exists(item.store_key)


@pytest.mark.parametrize("in_pieces", [True, False])
def test_giving_up_a_file_that_was_removed_spares_the_one_that_came_after_it(draft, in_pieces):
    """Row numbers come back after a deletion: the later file may bear the number of the earlier one."""
    first = services.announce(draft, len(PICTURE), SAID)
    services.receive(draft, first.handle, 0, io.BytesIO(PICTURE), checksum=None)
    removed = db.session.scalars(select(DraftFile)).one().id
    drafts.drop_file(draft, removed)
    if in_pieces:
        second = services.announce(draft, len(PICTURE), SAID)
        services.receive(draft, second.handle, 0, io.BytesIO(PICTURE), checksum=None)
    else:
        drafts.add_file(draft, NAME, io.BytesIO(PICTURE))
    kept = db.session.scalars(select(DraftFile)).one().id
    services.give_up(draft, first.handle)
    assert [item.id for item in db.session.scalars(select(DraftFile))] == [kept]


def test_the_draft_of_another_is_none_of_ones_business(ask, begun):
    other = drafts.start(Case, Language.BO).id
    for method in ("HEAD", "PATCH", "DELETE"):
        assert ask(method, begun, b"", {**BYTES, "Upload-Offset": "0"}, of=other).status_code == 404
    assert ask("HEAD", begun).status_code == 200


def test_an_upload_that_nobody_goes_on_with_expires_and_leaves_nothing(ask):
    with time_machine.travel(NOW, tick=False) as traveller:
        handle = begin(ask)
        traveller.shift(timedelta(hours=40))
        answer = patch(ask, handle, 0, PICTURE[:900])
        assert answer.headers["Upload-Expires"] == "Sat, 07 Mar 2026 18:00:00 GMT"
        assert services.sweep() == 0
        traveller.shift(timedelta(hours=48))
        assert ask("HEAD", handle).status_code == 410
        assert patch(ask, handle, 900, PICTURE[900:]).status_code == 410
        assert services.sweep() == 1
        assert ask("HEAD", handle).status_code == 404
    assert lying() == []


def test_uploads_go_with_their_draft(draft, ask, begun):
    patch(ask, begun, 0, PICTURE[:900])
    drafts.discard(draft)
    assert db.session.scalars(select(Upload)).all() == []
    assert services.sweep() == 1
    assert lying() == []


def test_what_a_server_left_behind_when_it_died_is_put_right(ask, begun, monkeypatch):
    """Killed between a part and its record, and killed between the last byte and the taking in."""
    patch(ask, begun, 0, PICTURE[:900])
    current_vault().store.put_stream(f"uploads/{begun}-lost", [b"x"])
    assert services.sweep() == 1
    with monkeypatch.context() as broken:
        broken.setattr(services, "_finish", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            patch(ask, begun, 900, PICTURE[900:])
    assert files() == []
    assert services.sweep() == 1
    assert clear(files()[0]) == PICTURE
    assert services.sweep() == 0


def test_asking_how_far_it_is_takes_in_what_was_left_whole(ask, begun, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(services, "_finish", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            patch(ask, begun, 0, PICTURE)
    assert ask("HEAD", begun).headers["Upload-Offset"] == str(len(PICTURE))
    assert clear(files()[0]) == PICTURE


def test_parts_that_are_being_written_are_not_swept_up(draft, monkeypatch):
    handle = services.announce(draft, len(PICTURE), SAID).handle
    swept = []
    count = receiving.Receiver._count_waiting

    def meanwhile(self: receiving.Receiver) -> None:
        swept.append(services.sweep())
        count(self)

    monkeypatch.setattr(receiving.Receiver, "_count_waiting", meanwhile)
    services.receive(draft, handle, 0, io.BytesIO(PICTURE), checksum=None)
    assert swept[0] == 0
    assert clear(files()[0]) == PICTURE


# Refusals


def send(ask, content: bytes, name: str) -> Response:
    said = "filename " + base64.b64encode(name.encode()).decode()
    return ask("POST", content=content, headers={"Upload-Length": str(len(content)), "Upload-Metadata": said, **BYTES})


def test_a_wrong_type_is_said_and_the_other_files_stay(ask):
    assert send(ask, PICTURE, NAME).status_code == 201
    answer = send(ask, b"<html><script>1</script></html>", "a.txt")
    assert (answer.status_code, answer.get_data(as_text=True)) == (415, "不支持此文件格式。")
    assert [drafts.file_name(item) for item in files()] == [NAME]
    assert lying() == []
    assert db.session.scalar(select(Upload.state).order_by(Upload.id.desc())) is UploadState.REFUSED


def test_a_refused_upload_is_gone(ask, draft):
    handle = services.announce(draft, 9, SAID).handle
    assert patch(ask, handle, 0, b"\0\0\0\0\0\0\0\0\0").status_code == 415
    assert ask("HEAD", handle).status_code == 410


def test_an_empty_file_is_said_at_once(ask):
    answer = ask("POST", headers={"Upload-Length": "0", "Upload-Metadata": SAID})
    assert (answer.status_code, answer.get_data(as_text=True)) == (422, "文件为空。")


def test_a_file_that_is_too_large_is_said_before_it_is_sent(ask):
    answer = ask("POST", headers={"Upload-Length": str(100 * 1024**2 + 1)})
    assert (answer.status_code, answer.get_data(as_text=True)) == (413, "单个文件不得超过100MB。")


def test_files_that_are_too_much_together_are_said_before_they_are_sent(ask):
    for _ in range(5):
        assert ask("POST", headers={"Upload-Length": str(100 * 1024**2)}).status_code == 201
    answer = ask("POST", headers={"Upload-Length": "1"})
    assert (answer.status_code, answer.get_data(as_text=True)) == (413, "全部文件合计不得超过500MB。")


def test_one_file_too_many_is_said_before_it_is_sent(ask):
    for _ in range(10):
        assert ask("POST", headers={"Upload-Length": "1"}).status_code == 201
    answer = ask("POST", headers={"Upload-Length": "1"})
    assert (answer.status_code, answer.get_data(as_text=True)) == (413, "最多可上传10个文件。")


def test_a_full_disk_is_said_and_what_was_kept_stays(ask, begun, monkeypatch):
    patch(ask, begun, 0, PICTURE[:900])

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(parts, "put", full)
        answer = patch(ask, begun, 900, PICTURE[900:])
    assert answer.status_code == 507
    assert "空间" in answer.get_data(as_text=True)
    assert ask("HEAD", begun).headers["Upload-Offset"] == "900"
    patch(ask, begun, 900, PICTURE[900:])
    assert clear(files()[0]) == PICTURE


def test_pages_keep_threads_for_themselves_and_slow_lines_are_looked_for(app, ask, begun, monkeypatch):
    looks = []
    monkeypatch.setattr(answering, "cut_slow_lines", looks.append)
    monkeypatch.setattr(answering, "_seats", threading.BoundedSemaphore(1))
    with answering._seats:
        answer = patch(ask, begun, 0, PICTURE)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert looks == [app.extensions["portal.settings"].port]
    assert patch(ask, begun, 0, PICTURE).status_code == 204


# Secrecy


def test_neither_name_nor_content_lies_anywhere_in_clear(app, ask, begun):
    patch(ask, begun, 0, PICTURE[:2000])
    store = app.extensions["portal.settings"].data_dir / "files"
    assert not [path for path in store.rglob("*") if path.is_file() and PICTURE[100:200] in path.read_bytes()]
    row = repr([vars(upload) for upload in db.session.scalars(select(Upload))])
    assert NAME not in row
    assert base64.b64encode(NAME.encode()).decode() not in row
