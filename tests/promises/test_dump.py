"""Whoever gets hold of database, files and logs, but not of the keyset, learns nothing of who wrote what.

A whole case is lived through, then everything that the portal keeps is searched for every piece of it, in every form in
which a piece could lie there.
"""

from __future__ import annotations

import base64
import io
import json
import logging
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import text

from portal.complaints import services
from portal.complaints.handling.services import assigning, noting
from portal.complaints.models import Case
from portal.complaints.rules import CaseAct, Finding
from portal.filings.drafts import services as drafts
from portal.foundation.database import Base, db
from portal.foundation.languages import Language
from tests.complaints.conftest import PNG

#: What must not be found, by what it is.
SECRETS = {
    "name": "旺堆扎西次仁隐名",
    "name in Tibetan": "བསྟན་འཛིན་གསང་མིང་",
    "number": "11010519491231002X",
    "phone": "13912345678",
    "e-mail": "yinming.jubao@nowhere.example",
    "address": "拉萨市城关区某某路七百七十七号隐址",
    "statement": "夜班工人亲眼看见排污口在凌晨三点二十分打开",
    "statement in Tibetan": "མཚན་དགུང་ཆུ་བཙོག་གཙང་པོར་བཏང་བ་མཐོང་བྱུང་",
    "file name": "排污口夜拍原片七号.png",
    "file": "SECRET-EVIDENCE-CONTENT-7731",
    "reply": "补充说明：车间主任当天在场并且知情",
    "name of a second file": "车间主任录音文字稿.txt",
    "second file": "录音文字稿全文：我知道这件事情但是不能说",
    "note of an act": "请补充当晚值班表并说明拍摄位置",
    "verification": "现场核实时发现旁路管道一条",
    "private note": "此人可能是夜班班长，注意保护",
    "reason of an opening": "需要当面核对身份证原件才能继续",
    "draft": "草稿里写了一半的话还没有寄出",
}


def forms(secret: str) -> Iterator[bytes]:
    """A text in the forms in which it could lie in a database, a file or a log."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
        try:
            raw = secret.encode(encoding)
        except UnicodeEncodeError:
            continue
        yield raw
        yield raw.hex().encode()
        yield raw.hex().upper().encode()
        # Whatever stands before it shifts base64 by a byte or two; the ends depend on the neighbours.
        for shift in range(3):
            whole = base64.b64encode(bytes(shift) + raw)
            inner = whole[4 if shift else 0 : -4]
            yield inner
            yield inner.replace(b"+", b"-").replace(b"/", b"_")
    yield json.dumps(secret)[1:-1].encode()
    yield quote(secret).encode()
    yield repr(secret.encode())[2:-1].encode()


def found(dump: bytes) -> list[str]:
    return [what for what, secret in SECRETS.items() if any(form in dump for form in forms(secret) if len(form) > 7)]


def lived(app, client, units, people, do) -> Case:
    """A case with everything that a citizen and the staff can write, a reply, and a draft beside it."""
    answer = client.post(
        "/zh/complaints/new",
        data={
            "respondent": units.lhasa.public_id,
            "problem_kind": "pollution",
            "statement": f"{SECRETS['statement']}。{SECRETS['statement in Tibetan']}",
            "name": f"{SECRETS['name']} {SECRETS['name in Tibetan']}",
            "id_type": "resident_id",
            "id_number": SECRETS["number"],
            "phone": SECRETS["phone"],
            "email": SECRETS["e-mail"],
            "address": SECRETS["address"],
            "notify": "y",
            "evidence": (io.BytesIO(PNG + SECRETS["file"].encode()), SECRETS["file name"]),
            "consent": "y",
        },
    )
    assert answer.status_code == 201, answer.text
    secret = answer.text.split('data-secret="')[1].split('"')[0]
    case = db.session.query(Case).one()
    do(case, CaseAct.REQUEST_SUPPLEMENT, people.lhasa_officer, note=SECRETS["note of an act"])
    client.post("/zh/complaints/status", data={"receipt": case.receipt, "secret": secret})
    second = (io.BytesIO(SECRETS["second file"].encode()), SECRETS["name of a second file"])
    assert client.post("/zh/complaints/status/reply", data={"text": SECRETS["reply"], "evidence": second}).location
    # What fails is logged; nothing of it may be in the log.
    client.post("/zh/complaints/new", data={"name": SECRETS["name"], "statement": SECRETS["statement"]})
    client.post("/zh/complaints/status", data={"receipt": SECRETS["number"], "secret": SECRETS["phone"]})
    do(case, CaseAct.ACCEPT, people.lhasa_officer)
    do(case, CaseAct.VERIFY, people.lhasa_officer, note=SECRETS["verification"])
    noting.add_note(case.id, SECRETS["private note"], by=people.lhasa_officer)
    officer = people.lhasa_officer
    db.session.refresh(case)
    assigning.assign(case.id, case.version, officer.id, by=people.determiner, note=SECRETS["private note"])
    identity = services.open_identity(case.id, SECRETS["reason of an opening"], by=officer)
    assert identity.phone.endswith(SECRETS["phone"])
    do(case, CaseAct.REPORT, people.lhasa_officer, finding=Finding.SUBSTANTIATED, note=SECRETS["verification"])
    draft = drafts.start(Case, Language.ZH)
    drafts.save_step(draft, "what", {"statement": SECRETS["draft"], "name": SECRETS["name"]})
    drafts.add_file(draft, SECRETS["file name"], io.BytesIO(PNG + SECRETS["file"].encode()))
    return case


def dump_of_database(app) -> bytes:
    """Every cell of every table, and for SQLite the files as they lie on the disk."""
    parts = []
    with db.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(text(f'SELECT * FROM "{table.name}"')):
                for cell in row:
                    raw = bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
                    parts.append(raw)
    parts += [inflated(part) for part in parts]
    return b"\n".join(parts)


def inflated(raw: bytes) -> bytes:
    try:
        return zlib.decompress(raw)
    except zlib.error:
        return b""


def dump_of_folder(folder: Path) -> bytes:
    """Every file and every name of a file, but the keys, which lie elsewhere."""
    files = [path for path in folder.rglob("*") if path.is_file() and "keys" not in path.parts]
    assert files
    return b"\n".join(str(path.relative_to(folder)).encode() + b"\n" + path.read_bytes() for path in files)


@pytest.fixture
def all_logs(caplog):
    """Everything that any part of the portal logs, also what a server would leave out."""
    caplog.set_level(logging.DEBUG)
    return caplog


def test_a_dump_without_the_keyset_reveals_nobody_and_nothing(app, client, units, people, do, all_logs):
    case = lived(app, client, units, people, do)
    database = dump_of_database(app)
    settings = app.extensions["portal.settings"]
    folder = dump_of_folder(settings.data_dir)
    logs = "\n".join([all_logs.text, *(str(record.__dict__) for record in all_logs.records)]).encode()
    # What may be known is found, so that the search does search.
    assert case.receipt.encode() in database
    assert b"complaints.case.filed" in database
    assert "拉萨".encode() in database
    if db.engine.dialect.name == "sqlite":
        assert case.receipt.encode() in folder
    assert {"database": found(database), "folder": found(folder), "logs": found(logs)} == {
        "database": [],
        "folder": [],
        "logs": [],
    }


@pytest.mark.parametrize("what", SECRETS)
def test_the_search_finds_each_piece_in_each_form(what):
    for form in forms(SECRETS[what]):
        if len(form) > 7:
            assert what in found(b"before " + form + b" behind")
    for shift in range(3):
        assert what in found(base64.b64encode(b"x" * shift + SECRETS[what].encode() + b"yz"))


def test_audit_records_hold_codes_alone(app, client, units, people, do):
    lived(app, client, units, people, do)
    rows = db.session.execute(text("SELECT actor, action, subject, data FROM audit_record")).all()
    assert found(str(rows).encode()) == []
    assert len(rows) > 8
