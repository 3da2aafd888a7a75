"""Doing what a form asks for. What is refused is said in the form, beside the field that it is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from flask_wtf import FlaskForm
from wtforms import MultipleFileField

from portal.filings.taking import NotTaken
from portal.foundation.errors import DomainError, Invalid, NotFound

T = TypeVar("T")


@dataclass(frozen=True)
class Refused:
    """What was not done. ``status`` is that of the page that says so, ``said`` what is about no field of the form."""

    status: int
    said: object = None


def attempt(do: Callable[[], T], form: FlaskForm | None = None) -> T | Refused:
    """Do something with a form that was sent, and give what came of it.

    Raises:
        NotFound: there is no such thing for this person, and so no page to say anything on.
    """
    if form is not None and not form.validate():
        return Refused(Invalid.status)
    try:
        return do()
    except NotFound:
        raise
    except DomainError as refused:
        return Refused(refused.status, _said(refused, form))


def _said(refused: DomainError, form: FlaskForm | None) -> object:
    """What remains to be said of a refusal when each field has been told its part."""
    faults = _faults(refused, form)
    if form is None:
        return " ".join(map(str, faults.values())) or refused.message
    for name, fault in faults.items():
        form[name].errors = [fault]
    if faults:
        return None
    form.form_errors = [refused.message]
    return refused.message


def _faults(refused: DomainError, form: FlaskForm | None) -> Mapping[str, object]:
    """What is wrong, by the name of the field."""
    if isinstance(refused, NotTaken) and form is not None:
        files = next(field for field in form if isinstance(field, MultipleFileField))
        return {files.name: f"{refused.name}: {refused.why}"}
    return refused.fields if isinstance(refused, Invalid) else {}
