"""Documents from another system, and how all of them are found."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from portal.content import queries, services
from portal.content.importing import Outcome, import_documents
from portal.content.indexing import DocumentSource
from portal.content.models import Document
from portal.content.rules import DocumentState
from portal.foundation import audit
from portal.foundation.database import db
from portal.search import index_of
from portal.vault import current_vault

from .conftest import PDF

LINE = {
    "slug": "from-elsewhere",
    "type": "news",
    "published_on": "2023-02-01",
    "zh": {"title": "标题", "summary": "摘要", "body": "<p>正文</p><script>x</script>"},
    "bo": {"title": "ཁ་བྱང", "body": "<p>ནང་དོན</p>"},
}


def lines(*records):
    return [record if isinstance(record, str) else json.dumps(record, ensure_ascii=False) for record in records]


def run(*records, **options):
    return list(import_documents(lines(*records), **options))


def test_a_line_becomes_a_published_document(app, client):
    (report,) = run(LINE, publish=True)
    assert report.outcome is Outcome.ADDED
    page = client.get("/bo/documents/news/from-elsewhere")
    assert page.status_code == 200
    assert "ནང་དོན" in page.text
    assert "<script>x" not in page.text


def test_without_publishing_it_is_a_draft(app, client):
    run(LINE)
    assert queries.by_slug("from-elsewhere").state is DocumentState.DRAFT
    assert client.get("/zh/documents/news/from-elsewhere").status_code == 404


def test_a_second_run_changes_nothing(app):
    run(LINE, publish=True)
    before = audit.count()
    (report,) = run(LINE, publish=True)
    assert report.outcome is Outcome.UNCHANGED
    assert audit.count() == before


def test_a_changed_draft_follows_and_a_published_one_stays(app):
    run(LINE)
    changed = LINE | {"number": "1号"}
    assert run(changed)[0].outcome is Outcome.CHANGED
    assert run(changed, publish=True)[0].outcome is Outcome.CHANGED
    (report,) = run(LINE, publish=True)
    assert report.outcome is Outcome.FAILED
    assert queries.by_slug("from-elsewhere").number == "1号"


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("{", "JSON"),
        ("[]", "object"),
        ({**LINE, "slug": ""}, "slug"),
        ({**LINE, "slug": "Ä b"}, "slug"),
        ({**LINE, "type": "rumour"}, "type"),
        ({**LINE, "published_on": "yesterday"}, "published_on"),
        ({**LINE, "published_on": "2999-01-01"}, "published_on"),
        ({**LINE, "authority": "atlantis"}, "atlantis"),
        ({**LINE, "zh": "标题"}, "zh"),
        ({**LINE, "zh": {"title": 3}}, "title"),
        ({**LINE, "zh": {}}, "title_zh"),
        ({**LINE, "bo": {"title": "\ue000"}}, "title_bo"),
        ({**LINE, "attachments": ["../secret.pdf"]}, "secret"),
        ({**LINE, "attachments": [7]}, "path"),
        ({**LINE, "attachments": "a.pdf"}, "attachments"),
    ],
)
def test_a_bad_line_is_named_and_stops_nothing(app, tmp_path, bad, why):
    good = LINE | {"slug": "good"}
    reports = run(bad, good, publish=True, folder=tmp_path)
    assert [report.outcome for report in reports] == [Outcome.FAILED, Outcome.ADDED]
    assert reports[0].number == 1
    assert why in reports[0].reason
    assert db.session.scalars(select(func.count()).select_from(Document)).one() == 1


def test_files_come_along_and_only_from_beside_the_list(app, tmp_path):
    (tmp_path / "a.pdf").write_bytes(PDF)
    record = LINE | {"attachments": ["a.pdf", {"path": "a.pdf", "name": "名单.pdf"}]}
    assert run(record, publish=True, folder=tmp_path)[0].outcome is Outcome.ADDED
    assert [item.name for item in queries.by_slug("from-elsewhere").attachments] == ["a.pdf", "名单.pdf"]
    assert run(record, publish=True, folder=tmp_path)[0].outcome is Outcome.UNCHANGED


def test_a_refused_line_leaves_no_file(app, tmp_path):
    (tmp_path / "a.pdf").write_bytes(PDF)
    (tmp_path / "b.exe").write_bytes(b"MZ\x90\0" * 20)
    before = list(current_vault().store.keys("attachments"))
    (report,) = run(LINE | {"attachments": ["a.pdf", "b.exe"]}, folder=tmp_path)
    assert report.outcome is Outcome.FAILED
    assert list(current_vault().store.keys("attachments")) == before


def test_the_command_reports_each_line_and_fails_when_one_did(app, tmp_path):
    file = tmp_path / "documents.jsonl"
    file.write_text("\n".join(lines(LINE, "{")), encoding="utf-8")
    answer = app.test_cli_runner().invoke(args=["import-documents", str(file), "--publish"])
    assert answer.exit_code == 1
    assert "line 1: added from-elsewhere" in answer.output
    assert "line 2: failed" in answer.output


def test_documents_are_found_by_every_text_and_file_name(app, make):
    entry = next(iter(DocumentSource().entries([services.search_key(make(slug="one").id)])))
    assert entry.facets["type"] == ("policy",)
    assert entry.facets["year"] == ("2024",)
    assert entry.facets["authority"] == ("department",)
    assert "藏经信发〔2024〕1号" in entry.codes
    for word in ("正文在此", "ནང་དོན", "The text", "摘要在此"):
        assert word in entry.body
    assert "<p>" not in entry.body


def test_search_follows_publication_and_withdrawal(app, make):
    document = make(slug="one")
    key = services.search_key(document.id)
    for query in ("绿色工厂", "正文在此", "བཟོ་གྲྭ", "藏经信发"):
        assert key in [hit.key for hit in index_of(app).search(query).hits], query
    services.withdraw(document, note="更正", by=None)
    assert index_of(app).search("绿色工厂").hits == []


def test_a_draft_is_not_found(app, make):
    document = make(DocumentState.SUBMITTED)
    source = DocumentSource()
    assert list(source.entries([services.search_key(document.id)])) == []
    assert list(source.entries()) == []
