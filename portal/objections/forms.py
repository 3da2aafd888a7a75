"""The forms of objections: shape and plausibility, never decisions."""

from __future__ import annotations

from typing import ClassVar

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.validators import Length

from portal.filings.forms import (
    STATEMENT_LONGEST,
    FilingForm,
    ReadableText,
    consent_field,
    seen_version,
    statement_field,
    tidy,
)
from portal.foundation.choices import choice, choices
from portal.objections import services
from portal.objections.rules import SUSTAIN_LABELS
from portal.register.rules import RemovalGround


class ObjectionForm(FilingForm):
    """An objection in one piece."""

    candidate = HiddenField(_l("Candidate"))
    statement = statement_field(_l("Reasons of the objection"))
    consent = consent_field(
        _l(
            "I assure that what I state and submit is true, and I agree that my personal information is used to examine "
            "the objection."
        ),
        _l("Please confirm this, or the objection cannot be taken."),
    )

    FIRST: ClassVar[tuple[str, ...]] = ("candidate", "statement")

    @property
    def filing(self) -> services.Filing:
        """The objection that the form says, once it is valid."""
        return services.Filing(candidate=(self.candidate.data or "").strip().lower(), content=self.content)


class ActForm(FlaskForm):
    """What an act of the department may carry; the service says what it needs."""

    version = HiddenField()
    note = TextAreaField(_l("Text"), filters=[tidy], validators=[Length(max=STATEMENT_LONGEST), ReadableText()])
    ground = SelectField(
        _l("Ground"), choices=[choice("", _l("Please choose")), *choices(SUSTAIN_LABELS)], validate_choice=False
    )

    @property
    def chosen_ground(self) -> RemovalGround | None:
        """The chosen ground; None where none or an unknown one was sent."""
        try:
            return RemovalGround(self.ground.data or "")
        except ValueError:
            return None

    def instruction(self) -> services.Instruction:
        """What was sent, as the service takes it.

        Raises:
            Stale: the page said no version.
        """
        return services.Instruction(seen_version(self.version.data), self.note.data or "", self.chosen_ground)
