"""The archive of a case: everything in it, both languages, signed; the identity only where it was opened; recorded."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from sqlalchemy import select

from portal.complaints import services
from portal.complaints.handling import diary
from portal.complaints.handling.rules import ConsentNeeded, DeskAct
from portal.complaints.rules import CaseAct
from portal.complaints.services import archiving
from portal.filings import sealing
from portal.foundation.audit import AuditRecord
from portal.foundation.database import db
from portal.foundation.errors import Invalid, NotFound
from portal.vault import current_vault, packing
from tests.complaints.conftest import NAME, NUMBER, PHONE, PNG, STATEMENT

REASON = "移交审计使用"


def made(case, person, *, with_identity=False):
    content = b"".join(archiving.archive(case.id, REASON, with_identity=with_identity, by=person).pieces)
    assert packing.check(io.BytesIO(content), current_vault().signing.public_keys()).is_whole
    return zipfile.ZipFile(io.BytesIO(content))


def everything(archive):
    return b"\n".join(archive.read(name) for name in archive.namelist())


def test_everything_of_the_case_is_in_it(filed, people, do):
    services.add_reply(filed.filing.id, "补充说明文字", [("二 号/../图 片.png", io.BytesIO(PNG + b"2"))])
    do(filed.filing, CaseAct.ACCEPT, people.lhasa_officer)
    archive = made(filed.filing, people.lhasa_officer)
    names = archive.namelist()
    assert archive.read("statement.txt").decode() == STATEMENT
    assert archive.read("evidence/001-电表照片.png") == PNG
    assert archive.read("evidence/002-图_片.png") == PNG + b"2"
    assert [name for name in names if name.startswith("receipts/")] == [
        f"receipts/{filed.filing.receipt}-1.jws.txt",
        f"receipts/{filed.filing.receipt}-2.jws.txt",
    ]
    facts = json.loads(archive.read("case.json"))
    assert (facts["receipt"], facts["authority"], facts["left_out"]) == (filed.filing.receipt, "lhasa", [])
    assert [step["act"] for step in facts["timeline"]] == ["file", "reply", "accept"]
    assert "补充说明文字" in [step["note"] for step in facts["timeline"]]


def test_the_timeline_is_readable_in_both_languages(filed, people, do):
    do(filed.filing, CaseAct.ACCEPT, people.lhasa_officer)
    archive = made(filed.filing, people.lhasa_officer)
    chinese, tibetan = (archive.read(f"timeline.{code}.html").decode() for code in ("zh", "bo"))
    assert '<html lang="zh-Hans-CN">' in chinese
    assert '<html lang="bo-CN">' in tibetan
    assert "被举报单位" in chinese
    assert "ཞུ་གཏུག" in tibetan
    for page in (chinese, tibetan):
        assert STATEMENT in page
        assert people.lhasa_officer.name in page
        assert "src=" not in page


def test_its_instructions_name_the_keys_and_the_commands(filed, people):
    told = made(filed.filing, people.lhasa_officer).read("README.txt").decode()
    for said in ("sha256sum --check SHA256SUMS", "/.well-known/jwks.json", "portal verify", "案卷", "ཡིག་ཚགས"):
        assert said in told


def test_the_identity_is_not_in_it_unless_it_is_opened_for_it(filed, people):
    content = everything(made(filed.filing, people.lhasa_officer))
    for secret in (NAME, NUMBER, PHONE):
        assert secret.encode() not in content
    assert CaseAct.OPEN_IDENTITY not in [event.act for event in filed.filing.events]


def test_opening_the_identity_for_it_is_seen_by_the_complainant(filed, people, do):
    do(filed.filing, CaseAct.ACCEPT, people.lhasa_officer)
    archive = made(filed.filing, people.lhasa_officer, with_identity=True)
    assert json.loads(archive.read("identity.json"))["name"] == NAME
    opened = sealing.opened(filed.filing, for_filer=True)
    assert [entry.note for entry in opened.timeline if entry.event.act is CaseAct.OPEN_IDENTITY] == [REASON]


def test_whoever_does_not_work_on_the_case_needs_consent_for_the_identity(filed, people):
    with pytest.raises(ConsentNeeded):
        archiving.archive(filed.filing.id, REASON, with_identity=True, by=people.lhasa_officer)


def test_the_download_is_recorded_with_its_reason_sealed(filed, people):
    archive = made(filed.filing, people.lhasa_officer)
    record = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc())).first()
    assert record is not None
    assert (record.action, record.subject) == ("complaints.desk.archive", filed.filing.subject)
    assert REASON not in json.dumps(record.data, ensure_ascii=False)
    [line] = diary.lines(filed.filing, sealing.open_filing(filed.filing))
    assert (line.entry.act, line.text) == (DeskAct.ARCHIVE, REASON)
    told = [json.loads(line) for line in archive.read("audit.jsonl").decode().splitlines()]
    assert told[-1]["digest"] == record.digest
    assert {item["subject"] for item in told} == {filed.filing.subject}


def test_without_a_reason_there_is_none(filed, people):
    with pytest.raises(Invalid):
        archiving.archive(filed.filing.id, "  ", with_identity=False, by=people.lhasa_officer)


def test_only_staff_of_the_case_get_it(filed, people):
    for person in (people.shigatse_officer, people.administrator, people.auditor, people.editor):
        with pytest.raises(NotFound):
            archiving.archive(filed.filing.id, REASON, with_identity=False, by=person)
    made(filed.filing, people.determiner)


def test_a_file_that_the_store_has_lost_is_named_and_the_rest_is_there(filed, people):
    [evidence] = filed.filing.evidence
    current_vault().store.delete(evidence.store_key)
    archive = made(filed.filing, people.lhasa_officer)
    assert json.loads(archive.read("case.json"))["left_out"] == [
        {"path": "evidence/001-电表照片.png", "sha256": evidence.sha256, "why": "missing"}
    ]


def test_the_desk_hands_it_out_as_a_file_and_asks_for_a_reason(login, filed, people):
    browser = login(people.lhasa_officer)
    address = f"/desk/verification/{filed.filing.id}/archive"
    assert f'action="{address}"' in browser.get(f"/desk/verification/{filed.filing.id}").text
    assert browser.post(address, data={"reason": ""}).status_code == 422
    answer = browser.post(address, data={"reason": REASON})
    assert answer.status_code == 200
    assert answer.content_type == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{filed.filing.receipt}.zip"'
    assert packing.check(io.BytesIO(answer.data), current_vault().signing.public_keys()).is_whole
    assert login(people.shigatse_officer).post(address, data={"reason": REASON}).status_code == 404
