"""The form of an act of staff: everything that any act may carry, each act showing what concerns it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, MultipleFileField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from portal.complaints import services
from portal.complaints.rules import FINDING_LABELS, REFUSAL_LABELS, Finding, RefusalGround
from portal.filings.forms import STATEMENT_LONGEST, ReadableText, seen_version, sent_files, tidy
from portal.foundation.choices import choices
from portal.register.rules import EXCLUSION_LABELS, REMOVAL_LABELS, ExclusionGround, RemovalGround

_FINDING, _GROUNDS = "finding-", "grounds-"
LONGEST_LINE = 500


def text_field(label: Any) -> TextAreaField:
    """A longer text."""
    return TextAreaField(label, filters=[tidy], validators=[Length(max=STATEMENT_LONGEST), ReadableText()])


def line_field(label: Any) -> StringField:
    """A text of one line."""
    return StringField(label, filters=[tidy], validators=[Length(max=LONGEST_LINE), ReadableText()])


class ActForm(FlaskForm):
    """What an act of staff may carry; the service says what it needs."""

    version = HiddenField()
    note = text_field(_l("Text"))
    refusal_ground = SelectField(_l("Ground"), choices=choices(REFUSAL_LABELS), validate_choice=False)
    finding = SelectField(_l("Finding"), choices=choices(FINDING_LABELS), validate_choice=False)
    removal_ground = SelectField(_l("Ground of removal"), choices=choices(REMOVAL_LABELS), validate_choice=False)
    exclusion_ground = SelectField(_l("Ground of exclusion"), choices=choices(EXCLUSION_LABELS), validate_choice=False)
    rectify_by = DateField(_l("To be rectified by"), validators=[Optional()])
    authority = SelectField(_l("Authority"), choices=[], validate_choice=False)
    measures = text_field(_l("What must be rectified"))
    allegations = text_field(_l("Allegations, one per line"))
    visited_on = DateField(_l("Date of the on-site check"), validators=[Optional()])
    place = line_field(_l("Place"))
    participants = line_field(_l("Who took part"))
    files = MultipleFileField(_l("Attachments"))

    def chosen(self, name: str, kind: type[StrEnum]) -> Any:
        """The member chosen in a field, None where none or an unknown one was sent."""
        try:
            return kind(self[name].data)
        except ValueError:
            return None

    @property
    def judgements(self) -> Mapping[int, services.Judgement]:
        """What was sent about each allegation, by its number; there are as many fields as the case has allegations."""
        sent = {}
        for name, value in request.form.items():
            number = name.removeprefix(_FINDING)
            if name.startswith(_FINDING) and number.isdecimal():
                finding = Finding(value) if value in set(map(str, Finding)) else None
                grounds = tidy(request.form.get(_GROUNDS + number, "")) or ""
                sent[int(number)] = services.Judgement(finding, grounds[:STATEMENT_LONGEST])
        return sent

    def instruction(self) -> services.Instruction:
        """What was sent, as the service takes it.

        Raises:
            Stale: the page said no version.
        """
        judgements = self.judgements
        return services.Instruction(
            version=seen_version(self.version.data),
            note=self.note.data or "",
            refusal_ground=self.chosen("refusal_ground", RefusalGround),
            finding=None if judgements else self.chosen("finding", Finding),
            removal_ground=self.chosen("removal_ground", RemovalGround),
            exclusion_ground=self.chosen("exclusion_ground", ExclusionGround),
            rectify_by=self.rectify_by.data,
            authority=self.authority.data or "",
            files=sent_files(request.files.getlist("files")),
            allegations=tuple(line for line in (self.allegations.data or "").splitlines() if line.strip()),
            judgements=judgements,
            measures=self.measures.data or "",
            visited_on=self.visited_on.data,
            place=self.place.data or "",
            participants=self.participants.data or "",
        )
