"""Documents to test with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import event

from portal.authorities import queries as authority_queries
from portal.content import services
from portal.content.models import Document
from portal.content.rules import DocumentContent, DocumentState, DocumentType
from portal.foundation.database import db
from portal.foundation.languages import Localized

ZH_TITLE, BO_TITLE = "关于绿色工厂的通知", "ལྗང་མདོག་བཟོ་གྲྭའི་སྐོར་གྱི་བརྡ་ཐོ"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def content(**changes: object) -> DocumentContent:
    """A complete content, changed as a test wants it."""
    given: dict[str, object] = {
        "type": DocumentType.POLICY,
        "title": Localized(zh=ZH_TITLE, bo=BO_TITLE, en="Notice on green factories"),
        "summary": Localized(zh="摘要在此"),
        "body": Localized(zh="<p>正文在此</p>", bo="<p>ནང་དོན</p>", en="<p>The text</p>"),
        "number": "藏经信发〔2024〕1号",
        "source": "经信厅",
        "published_on": date(2024, 5, 13),
    }
    return DocumentContent(**{**given, **changes})  # type: ignore[arg-type]


@pytest.fixture
def make(app: object) -> Callable[..., Document]:
    """Make a document in a state, by the system: ``make(state=…, authority="lhasa", slug="x")``."""

    def make_document(
        state: DocumentState = DocumentState.PUBLISHED, authority: str = "department", **changes: object
    ) -> Document:
        at = authority_queries.authority_by_code(authority)
        assert at is not None
        document = services.draft(content(**changes), at, by=None)
        if state is not DocumentState.DRAFT:
            services.submit(document, by=None)
        if state in {DocumentState.PUBLISHED, DocumentState.WITHDRAWN}:
            services.publish(document, by=None)
        if state is DocumentState.WITHDRAWN:
            services.withdraw(document, note="更正", by=None)
        return document

    return make_document


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    """The statements that the database was asked inside."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
