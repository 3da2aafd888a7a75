"""Lists to import, and an application that has taken the published ones in once."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from importlib.resources import files
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook
from sqlalchemy import event

from portal.authorities import queries as authority_queries
from portal.content import services as content_services
from portal.content.models import Document
from portal.content.rules import DocumentContent, DocumentType
from portal.foundation.database import db
from portal.foundation.languages import Localized
from portal.register import queries, services
from portal.register.lists.report import ImportReport
from portal.register.models import Unit
from tests.conftest import make_app

HEADINGS = ("单位名称", "类别", "层面", "年份", "批次", "省份", "地市", "第三方评价机构")
COUNT = Callable[[], AbstractContextManager[list[str]]]


def csv_bytes(*rows: Sequence[object], headings: Sequence[str] = HEADINGS, encoding: str = "utf-8") -> bytes:
    """A list as a CSV file."""
    text = io.StringIO()
    csv.writer(text).writerows([headings, *rows])
    return text.getvalue().encode(encoding)


def xlsx_bytes(*sheets: tuple[str, Sequence[Sequence[object]]], merged: Sequence[str] = ()) -> bytes:
    """A workbook; ``merged`` ranges are of its first sheet."""
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    for cells in merged:
        book.worksheets[0].merge_cells(cells)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def factory(
    name: str, *, year: object = 2024, level: str = "自治区级", place: str = "拉萨市", **more: str
) -> list[object]:
    """A row of a factory of the region under the usual headings."""
    return [
        name,
        "绿色工厂",
        level,
        year,
        more.get("batch", ""),
        more.get("province", "西藏"),
        place,
        more.get("agency", ""),
    ]


@pytest.fixture(scope="session")
def published() -> bytes:
    """The published lists, as they were printed."""
    return (files("portal.register") / "data" / "national_lists.csv").read_bytes()


@pytest.fixture(scope="session")
def full_app(tmp_path_factory: pytest.TempPathFactory, published: bytes) -> Flask:
    """An application with all published lists, for tests that only read."""
    app = make_app(Path(tmp_path_factory.mktemp("register")))
    with app.app_context():
        services.import_list(published)
    return app


@pytest.fixture
def full(full_app: Flask) -> Iterator[Flask]:
    """The same, at work."""
    with full_app.app_context():
        yield full_app
        db.session.remove()


@pytest.fixture
def reader(full: Flask) -> FlaskClient:
    """A visitor to the published lists."""
    return full.test_client()


@pytest.fixture
def listed(app: Flask) -> Callable[..., Unit]:
    """Take one unit in and give it back: ``listed("拉萨示例水泥有限公司", place="拉萨市")``."""

    def take(name: str, **more: object) -> Unit:
        report: ImportReport = services.import_list(csv_bytes(factory(name, **more)))  # type: ignore[arg-type]
        assert report.changed, [row.sentences for row in report.rows]
        found = queries.find_units(name, queries.Scope.ALL)
        assert len(found) == 1
        unit = queries.unit_by_ref(found[0].public_id)
        assert unit is not None
        return unit

    return take


@pytest.fixture
def notice(app: Flask) -> Callable[..., Document]:
    """A submitted document, ready for publication."""

    def make(kind: DocumentType = DocumentType.PUBLICITY, **more: object) -> Document:
        given = DocumentContent(
            type=kind,
            title=Localized(zh="拟入选名单公示", bo="གསལ་བསྒྲགས", en="Publicity"),
            body=Localized(zh="<p>现予公示</p>", bo="<p>ནང་དོན</p>", en="<p>Text</p>"),
            **more,  # type: ignore[arg-type]
        )
        document = content_services.draft(given, authority_queries.department(), by=None)
        return content_services.submit(document, by=None)

    return make


@pytest.fixture
def counted() -> COUNT:
    """The statements that reach the database inside a block."""

    @contextmanager
    def count() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return count
