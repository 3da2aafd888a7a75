"""The page that checks a whole spreadsheet: banks and buyers ask about a thousand units at once."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from portal.credentials import batch
from portal.credentials.batch import FOUND_LABELS, Batch, Line
from portal.extensions import csrf, limiter
from portal.foundation.errors import DomainError
from portal.foundation.languages import format_iso
from portal.foundation.web import LANGUAGE_PREFIX
from portal.register.exports import harmless
from portal.register.lists.files import LARGEST_FILE
from portal.register.rules import CATEGORY_LABELS, level_label

blueprint = Blueprint("batch", __name__, url_prefix=LANGUAGE_PREFIX + "/verify/batch")
FORMS = ("csv", "xlsx", "json", "jws")
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "jws": "text/plain; charset=utf-8",
}


@blueprint.get("/")
def page() -> ResponseReturnValue:
    """Ask for codes."""
    return _page()


@blueprint.post("/")
@csrf.exempt  # type: ignore[untyped-decorator]  # the library has no types
@limiter.limit("30 per minute")
def check() -> ResponseReturnValue:
    """Answer for each code, on the page or as a file. Nothing of what is asked is kept."""
    try:
        asked = _asked()
        found = batch.check(asked)
    except DomainError as refused:
        return _page(text=request.form.get("codes", "")[: batch.MOST * 40], error=refused.message, code=refused.status)
    wanted = request.form.get("format", "")
    if wanted in FORMS:
        return _file(found, wanted)
    return _page(found, "\n".join(asked))


def _asked() -> list[str]:
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        return batch.asked_in_file(upload.stream.read(LARGEST_FILE + 1))
    return batch.asked_in(request.form.get("codes", ""))


def _page(found: Batch | None = None, text: str = "", error: object = None, code: int = 200) -> ResponseReturnValue:
    page = render_template(
        "credentials/batch.html",
        found=found,
        text=text,
        error=error,
        most=batch.MOST,
        labels=FOUND_LABELS,
        category_labels=CATEGORY_LABELS,
        level_label=level_label,
        forms=FORMS,
    )
    return page, code, {"Cache-Control": "no-store"} if request.method == "POST" else {}


def _file(found: Batch, wanted: str) -> Response:
    made = {
        "csv": lambda: _csv(found),
        "xlsx": lambda: _xlsx(found),
        "json": lambda: json.dumps(batch.content(found), ensure_ascii=False, indent=1).encode(),
        "jws": lambda: batch.signed(found).encode(),
    }[wanted]()
    answered = Response(made, content_type=MEDIA_TYPES[wanted])
    name = f"green-manufacturing-check-{format_iso(found.as_of)[:10]}.{'jws.txt' if wanted == 'jws' else wanted}"
    answered.headers.set("Content-Disposition", "attachment", filename=name)
    answered.headers["Cache-Control"] = "no-store"
    return answered


def _rows(found: Batch) -> list[Sequence[str]]:
    head = [
        _("Unified social credit code"),
        _("Answer"),
        _("Unit"),
        _("Category"),
        _("Level"),
        _("Year"),
        _("Removed on"),
        _("Code"),
        _("As of"),
    ]
    return [head, *(row for line in found.lines for row in _told(line, format_iso(found.as_of)))]


def _told(line: Line, as_of: str) -> list[Sequence[str]]:
    name = line.unit.name if line.unit else ""
    if line.unit is None or not line.entries:
        return [[line.asked, str(FOUND_LABELS[line.found]), name, "", "", "", "", "", as_of]]
    return [
        [
            line.asked,
            str(FOUND_LABELS[line.found]),
            name,
            str(CATEGORY_LABELS[entry.category]),
            str(level_label(entry.level, in_region=line.unit.in_region)),
            str(entry.year),
            format_iso(entry.removed_on),
            code,
            as_of,
        ]
        for entry, code in zip(line.entries, line.codes, strict=True)
    ]


def _csv(found: Batch) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([harmless(cell) for cell in row] for row in _rows(found))
    # Spreadsheet programs take a file for what it is only with this mark.
    return text.getvalue().encode("utf-8-sig")


def _xlsx(found: Batch) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("check")
    for row in _rows(found):
        cells = [WriteOnlyCell(sheet, cell) for cell in row]
        for cell in cells:
            cell.data_type = "s"
        sheet.append(cells)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()
