"""What the use cases of documents do and refuse."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from portal.authorities import queries as authority_queries
from portal.authorities.rules import Role
from portal.content import hooks, queries, services
from portal.content.models import Document
from portal.content.rules import DocumentAct, DocumentState, DocumentType
from portal.foundation import audit
from portal.foundation.audit import AuditRecord
from portal.foundation.database import db
from portal.foundation.errors import Invalid, NotPermitted, Stale
from portal.foundation.languages import Localized
from portal.foundation.workflow import IllegalTransition
from portal.search import SearchChange
from portal.vault import current_vault

from .conftest import PDF, content


@pytest.fixture
def department(app):
    return authority_queries.department()


@pytest.fixture
def lhasa(app):
    return authority_queries.authority_by_code("lhasa")


def files():
    return list(current_vault().store.keys("attachments"))


def actions():
    return list(
        db.session.scalars(
            select(AuditRecord.action).where(AuditRecord.action.startswith("content.")).order_by(AuditRecord.id)
        )
    )


def test_from_draft_to_withdrawn_with_timeline_and_audit(people, department):
    document = services.draft(content(), department, by=people.editor)
    services.submit(document, by=people.editor)
    services.publish(document, by=people.reviewer)
    services.withdraw(document, note="数据有误", by=people.reviewer)
    assert document.state is DocumentState.WITHDRAWN
    assert [event.act for event in document.events] == [
        DocumentAct.DRAFT,
        DocumentAct.SUBMIT,
        DocumentAct.PUBLISH,
        DocumentAct.WITHDRAW,
    ]
    assert document.events[-1].note == "数据有误"
    assert (document.author_id, document.reviewer_id) == (people.editor.id, people.reviewer.id)
    assert actions() == [f"content.document.{act}" for act in ("drafted", "submitted", "published", "withdrawn")]
    assert audit.verify() is None


def test_a_generated_address_tells_the_date(people, department):
    document = services.draft(content(), department, by=people.editor)
    assert document.slug.startswith("2024-05-13-")
    assert services.draft(content(), department, by=people.editor).slug != document.slug


def test_an_address_belongs_to_one_document(people, department):
    services.draft(content(slug="a-notice"), department, by=people.editor)
    with pytest.raises(services.SlugTaken):
        services.draft(content(slug="A-Notice"), department, by=people.editor)


def test_the_department_dates_what_has_no_date(make):
    document = make(published_on=None)
    assert document.published_on is not None
    assert document.published_at is not None


def test_a_second_person_must_publish(make_person, department):
    both = make_person(Role.DEPARTMENT_EDITOR)
    other = make_person(Role.DEPARTMENT_REVIEWER)
    both.roles = [*both.roles, *other.roles]
    db.session.commit()
    document = services.draft(content(), department, by=both)
    services.submit(document, by=both)
    with pytest.raises(services.OwnDraft):
        services.publish(document, by=both)
    assert document.state is DocumentState.SUBMITTED
    services.publish(document, by=other)
    assert document.is_public


def test_whoever_changed_the_text_has_written_it_too(make_person, department):
    author, second = make_person(Role.DEPARTMENT_EDITOR), make_person(Role.DEPARTMENT_REVIEWER)
    second.roles = [*second.roles, *author.roles]
    db.session.commit()
    document = services.draft(content(), department, by=author)
    services.revise(document, content(number="新"), by=second)
    services.submit(document, by=author)
    with pytest.raises(services.OwnDraft):
        services.publish(document, by=second)


def test_an_editor_publishes_nothing(people, department):
    document = services.draft(content(), department, by=people.editor)
    services.submit(document, by=people.editor)
    for act in (services.publish, services.withdraw, services.send_back, services.restore):
        with pytest.raises(NotPermitted):
            act(document, by=people.editor, note="x")


def test_a_prefecture_writes_for_itself_alone(people, department, lhasa):
    document = services.draft(content(), lhasa, by=people.lhasa_editor)
    for person, authority in ((people.lhasa_editor, department), (people.shigatse_officer, lhasa)):
        with pytest.raises(NotPermitted):
            services.draft(content(), authority, by=person)
    with pytest.raises(NotPermitted):
        services.revise(document, content(), by=people.shigatse_officer)
    with pytest.raises(NotPermitted):
        services.revise(document, content(), by=people.lhasa_editor, authority=department)
    services.submit(document, by=people.lhasa_editor)
    services.publish(document, by=people.reviewer)
    assert document.is_public


def test_a_draft_without_chinese_can_be_kept_but_not_submitted(people, department):
    document = services.draft(content(title=Localized(bo="ཁ་བྱང"), body=Localized()), department, by=people.editor)
    with pytest.raises(Invalid) as refused:
        services.submit(document, by=people.editor)
    assert set(refused.value.fields) == {"title_zh", "body_zh"}
    assert document.state is DocumentState.DRAFT


def test_without_tibetan_it_is_published_and_the_audit_log_says_so(make):
    make(title=Localized(zh="标题"), body=Localized(zh="<p>正文</p>"))
    record = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "content.document.published")).one()
    assert record.data["without"] == ["bo", "en"]


def test_a_stale_page_changes_nothing(people, department):
    document = services.draft(content(), department, by=people.editor)
    seen = document.version
    services.revise(document, content(number="甲"), by=people.editor, version=seen)
    with pytest.raises(Stale):
        services.revise(document, content(number="乙"), by=people.editor, version=seen)
    assert document.number == "甲"


def test_a_double_click_is_told_that_it_is_done(people, department):
    document = services.draft(content(), department, by=people.editor)
    seen = document.version
    services.submit(document, by=people.editor, version=seen)
    before = audit.count()
    with pytest.raises(IllegalTransition):
        services.submit(document, by=people.editor, version=seen)
    assert audit.count() == before


def test_sending_back_needs_a_note_and_waits_for_the_editor(people, lhasa):
    document = services.draft(content(), lhasa, by=people.lhasa_editor)
    services.submit(document, by=people.lhasa_editor)
    with pytest.raises(Invalid):
        services.send_back(document, note=" ", by=people.reviewer)
    assert (queries.waiting(people.reviewer), queries.waiting(people.lhasa_editor)) == (1, 0)
    services.send_back(document, note="请补充附件", by=people.reviewer)
    assert (queries.waiting(people.reviewer), queries.waiting(people.lhasa_editor)) == (0, 1)
    assert queries.waiting(people.shigatse_officer) == 0
    services.submit(document, by=people.lhasa_editor)
    assert queries.waiting(people.lhasa_editor) == 0


def test_a_withdrawn_document_is_corrected_and_published_anew_at_its_address(make, people):
    document = make(DocumentState.WITHDRAWN, slug="kept")
    services.restore(document, by=people.reviewer)
    services.revise(document, content(slug="other", type=DocumentType.NEWS, number="新号"), by=people.editor)
    assert (document.slug, document.type, document.number) == ("kept", DocumentType.POLICY, "新号")
    with pytest.raises(queries.WithdrawnDocument):
        queries.public_document("kept")
    services.submit(document, by=people.editor)
    services.publish(document, by=people.reviewer)
    assert queries.public_document("kept").number == "新号"


def test_what_is_published_and_withdrawn_reaches_search_and_features_within_the_transaction(make):
    heard = []

    def hear(sender, document, by):
        db.session.flush()
        queued = list(db.session.scalars(select(SearchChange.key)))
        heard.append((document.state, by, db.session.info["depth"], services.search_key(document.id) in queued))

    with (
        hooks.document_published.connected_to(hear),
        hooks.document_withdrawn.connected_to(hear),
    ):
        make(DocumentState.WITHDRAWN)
    assert heard == [(DocumentState.PUBLISHED, None, 1, True), (DocumentState.WITHDRAWN, None, 1, True)]


def test_a_feature_that_refuses_undoes_the_publication(make):
    def refuse(sender, **_details):
        raise Stale

    document = make(DocumentState.SUBMITTED)
    with hooks.document_published.connected_to(refuse), pytest.raises(Stale):
        services.publish(document, by=None)
    assert document.state is DocumentState.SUBMITTED
    assert document.published_at is None


def test_a_file_is_kept_with_its_digest_and_goes_when_it_is_removed(people, department):
    document = services.draft(content(), department, by=people.editor)
    before = files()
    attachment = services.attach(document, io.BytesIO(PDF), "../../名单.exe", by=people.editor)
    assert (attachment.name, attachment.media_type, attachment.size) == ("名单.exe.pdf", "application/pdf", len(PDF))
    assert len(attachment.sha256) == 64
    assert len(files()) == len(before) + 1
    services.detach(document, attachment.id, by=people.editor)
    assert document.attachments == []
    assert files() == before


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"", "a.pdf"), (b"<html><script>alert(1)</script></html>", "a.txt"), (b"MZ\x90\0" * 50, "a.pdf")],
)
def test_a_file_that_is_not_a_document_is_refused_and_leaves_nothing(people, department, data, name):
    document = services.draft(content(), department, by=people.editor)
    before = files()
    with pytest.raises(Invalid):
        services.attach(document, io.BytesIO(data), name, by=people.editor)
    assert files() == before
    assert document.attachments == []


def test_a_refused_upload_leaves_no_file(make, people):
    document = make()
    before = files()
    with pytest.raises(IllegalTransition):
        services.attach(document, io.BytesIO(PDF), "a.pdf", by=people.editor)
    assert files() == before


def test_active_content_never_reaches_the_database(people, department):
    hostile = '<p onclick="x()">a<script>alert(1)</script><a href="javascript:x()">b</a><img src=x onerror=x()></p>'
    document = services.draft(content(body=Localized(zh=hostile)), department, by=people.editor)
    stored = db.session.scalars(select(Document.body).where(Document.id == document.id)).one().zh
    for word in ("script", "onclick", "onerror"):
        assert word not in stored
