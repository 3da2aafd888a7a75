"""The page on which staff bring a sheet: first a preview, then, with the same file again, all of its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Protocol

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import gettext as _

from portal.authorities.models import Person
from portal.credentials.sheets.forms import SheetForm
from portal.credentials.sheets.rules import FAULT_LABELS, Report, T
from portal.foundation import clock
from portal.register.lists.files import LARGEST_FILE, UnreadableList

MOST_SHOWN = 300


class UseCase(Protocol[T]):
    """The use case behind a page; see :func:`portal.credentials.sheets.take`."""

    def __call__(self, content: bytes, year: int, *, accepted: str, by: Person) -> Report[T]:
        """Look at a file, or take it."""
        ...


@dataclass(frozen=True)
class SheetPage(Generic[T]):
    """What one kind's page says.

    ``back`` is the endpoint it belongs to, ``title`` that page's name, ``lead`` says which columns are needed, ``column``
    what the one that tells is called.
    """

    take: UseCase[T]
    back: str
    title: LazyString
    lead: LazyString
    column: LazyString


def answer(page: SheetPage[T], person: Person) -> ResponseReturnValue:
    """What a page answers to the present request."""
    form = SheetForm(data={"year": clock.today().year})
    report: Report[T] | None = None
    if form.validate_on_submit():
        content = form.file.data.stream.read(LARGEST_FILE + 1)
        try:
            report = page.take(content, form.year.data or 0, accepted=form.accepted.data or "", by=person)
        except UnreadableList as wrong:
            form.file.errors = [wrong.message]
        else:
            form.accepted.data = report.preview
            if report.taken:
                flash(_("Saved."), "success")
                return redirect(url_for(page.back))
    shown = render_template(
        "sheets/import.html", page=page, form=form, report=report, faults=FAULT_LABELS, most_shown=MOST_SHOWN
    )
    return shown, 422 if form.errors else 200
