"""Everything public as a folder: whole, checked, readable again, and nothing that is not public."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from portal.authorities import queries as authority_queries
from portal.content import queries as content_queries
from portal.content import services as content_services
from portal.content.importing import Outcome, import_documents
from portal.content.rules import DocumentContent, DocumentType
from portal.foundation.database import db
from portal.foundation.languages import Localized
from portal.operations.export import NotEmpty, export
from portal.register.lists.rows import Defaults
from portal.register.models import ListEntry
from portal.register.rules import EntryStatus
from portal.register.services import import_list
from portal.vault import current_vault
from portal.vault.store import FileMissing
from tests.samples import list_unit, publish

FILES = {"lists.csv", "lists.xlsx", "lists.json", "units.jsonl", "events.jsonl", "agencies.jsonl", "documents.jsonl"}


def content(slug: str, **more: object) -> DocumentContent:
    given = {
        "type": DocumentType.NEWS,
        "title": Localized(zh="消息", bo="གསར་འགྱུར"),
        "body": Localized(zh="<p>正文</p>"),
    }
    return DocumentContent(**{**given, "slug": slug, "published_on": date(2025, 5, 1), **more})  # type: ignore[arg-type]


def with_file(slug: str, name: str = "附件.csv", data: bytes = b"a,b\n1,2\n") -> None:
    document = content_services.draft(content(slug), authority_queries.department(), by=None)
    content_services.attach(document, io.BytesIO(data), name, by=None)
    content_services.publish(content_services.submit(document, by=None), by=None)


def lines(folder: Path, name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]


def test_it_holds_every_entry_in_three_formats(app, tmp_path):
    list_unit("拉萨示例一厂")
    list_unit("昌都示例二厂", place="昌都市", year=2025)
    done = export(app, tmp_path / "all")
    rows = list(csv.reader((tmp_path / "all" / "lists.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [row[0] for row in rows] == ["单位名称", "昌都示例二厂", "拉萨示例一厂"]
    sheet = load_workbook(tmp_path / "all" / "lists.xlsx").active
    assert [row[0] for row in sheet.values] == [row[0] for row in rows]
    told = json.loads((tmp_path / "all" / "lists.json").read_text(encoding="utf-8"))
    assert [item["unit"]["name"] for item in told["items"]] == [row[0] for row in rows[1:]]
    assert done.counts["entries"] == done.counts["units"] == told["total"] == 2
    assert [event["kind"] for event in lines(tmp_path / "all", "events.jsonl")] == ["imported", "imported"]


def test_the_manifest_names_every_file_with_its_digest(app, tmp_path):
    with_file("with-file")
    export(app, tmp_path / "all")
    manifest = json.loads((tmp_path / "all" / "manifest.json").read_text(encoding="utf-8"))
    written = {
        path.relative_to(tmp_path / "all").as_posix() for path in (tmp_path / "all").rglob("*") if path.is_file()
    }
    assert {item["path"] for item in manifest["files"]} == written - {"manifest.json"} > FILES
    for item in manifest["files"]:
        data = (tmp_path / "all" / item["path"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (item["size"], item["sha256"])


def test_what_is_exported_can_be_imported_again(app, tmp_path):
    publish(DocumentType.POLICY, "通知", bo="བརྡ་ཐོ", slug="rules")
    with_file("with-file")
    list_unit("拉萨示例一厂")
    export(app, tmp_path / "all")
    text = (tmp_path / "all" / "documents.jsonl").read_text(encoding="utf-8")
    again = list(import_documents(text.splitlines(), publish=True, folder=tmp_path / "all"))
    assert [(line.slug, line.outcome) for line in again] == [
        ("rules", Outcome.UNCHANGED),
        ("with-file", Outcome.UNCHANGED),
    ]
    report = import_list((tmp_path / "all" / "lists.csv").read_bytes(), Defaults(), dry_run=True)
    assert not report.changed


def test_documents_and_files_come_back_into_an_empty_portal(app, tmp_path):
    with_file("with-file", data="名称\n拉萨\n".encode())
    export(app, tmp_path / "all")
    for document in content_queries.all_public():
        db.session.delete(document)
    db.session.commit()
    text = (tmp_path / "all" / "documents.jsonl").read_text(encoding="utf-8")
    assert [line.outcome for line in import_documents([text], publish=True, folder=tmp_path / "all")] == [Outcome.ADDED]
    (back,) = content_queries.all_public()
    assert back.title == Localized(zh="消息", bo="གསར་འགྱུར")
    assert [file.name for file in back.attachments] == ["附件.csv"]


def test_what_is_not_public_is_not_in_it(app, tmp_path):
    content_services.draft(
        content("secret-draft", title=Localized(zh="尚未公开")), authority_queries.department(), by=None
    )
    list_unit("拉萨示例一厂")
    entry = db.session.query(ListEntry).one()
    entry.status = EntryStatus.PENDING_REMOVAL
    db.session.commit()
    export(app, tmp_path / "all")
    whole = "".join(
        path.read_text(encoding="utf-8")
        for path in (tmp_path / "all").rglob("*")
        if path.suffix in {".csv", ".json", ".jsonl"}
    )
    assert "secret-draft" not in whole
    assert "尚未公开" not in whole
    assert "pending" not in whole
    assert "staff:" not in whole
    assert lines(tmp_path / "all", "units.jsonl")[0]["entries"][0]["status"] == "active"


def test_a_folder_that_holds_something_is_left_as_it_is(sqlite_app, tmp_path):
    (tmp_path / "kept.txt").write_text("kept")
    with pytest.raises(NotEmpty):
        export(sqlite_app, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]
    (tmp_path / "empty").mkdir()
    export(sqlite_app, tmp_path / "empty")
    assert (tmp_path / "empty" / "manifest.json").is_file()


def test_an_export_that_fails_leaves_nothing_behind(sqlite_app, tmp_path):
    with_file("with-file")
    (document,) = content_queries.all_public()
    current_vault().store.delete(document.attachments[0].key)
    with pytest.raises(FileMissing):
        export(sqlite_app, tmp_path / "all")
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_what_it_wrote_and_refuses_a_full_folder(sqlite_app, tmp_path):
    list_unit("拉萨示例一厂")
    runner = sqlite_app.test_cli_runner()
    done = runner.invoke(args=["export", str(tmp_path / "all")])
    assert done.exit_code == 0, done.output
    assert "  lists.csv\n" in done.output
    assert "1 entries, 1 units" in done.output
    again = runner.invoke(args=["export", str(tmp_path / "all")])
    assert again.exit_code == 1
    assert "not empty" in again.output
