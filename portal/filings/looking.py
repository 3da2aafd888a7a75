"""Looking at a file of a filing without opening it: a page drawn anew, or its text. The first look of each person is recorded."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from http import HTTPStatus
from typing import cast

from flask import Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from portal.filings.opening import Read
from portal.foundation.errors import NotFound
from portal.vault import previews
from portal.vault.previews import Fault, NotParsed, Size

_STATUS = {Fault.NO_SUCH_PAGE: HTTPStatus.NOT_FOUND, Fault.BUSY: HTTPStatus.SERVICE_UNAVAILABLE}
_NOTHING = "img/no-preview.svg"


def picture(file: Read, page: int, size: Size) -> Response:
    """A page of a file as a picture. Where none can be drawn, a sign that says so, with the status of the failure.

    Raises:
        NotFound: files of this type are not drawn.
    """
    record, _name, content = file
    with closing(cast("Generator[bytes]", content)):
        if not previews.can_preview(record.media_type):
            raise NotFound
        try:
            drawn = previews.draw(content, record.media_type, page, size)
        except NotParsed as refused:
            answer = current_app.send_static_file(_NOTHING)
            answer.status_code = _STATUS.get(refused.fault, HTTPStatus.UNPROCESSABLE_ENTITY)
            return answer
    answer = Response(drawn.content, mimetype=previews.MEDIA_TYPE)
    answer.headers["Content-Disposition"] = "inline"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def page(file: Read, *, back: str, original: str, drawn: Callable[[int], str]) -> ResponseReturnValue:
    """The page on which a file is looked at, one of its pages at a time.

    Args:
        back: the address of the filing.
        original: that of the file itself.
        drawn: gives that of a page's picture.

    Raises:
        NotFound: no such page, or files of this type are not shown.
    """
    record, name, content = file
    number = request.args.get("page", 1, type=int)
    text, count, fault = None, 1, None
    with closing(cast("Generator[bytes]", content)):
        try:
            if previews.is_text(record.media_type):
                shown = previews.read(content, number)
                text, count = shown.text, shown.pages
            elif previews.can_preview(record.media_type):
                count = previews.pages(content, record.media_type)
            else:
                raise NotFound
        except NotParsed as refused:
            fault = refused.fault
    if fault is Fault.NO_SUCH_PAGE or not 1 <= number <= count:
        raise NotFound
    shown_at = {"back": back, "original": original, "drawn": drawn(number)}
    return render_template(
        "filings/look.html", record=record, name=name, number=number, count=count, text=text, fault=fault, **shown_at
    )
