"""The forms of Art. 24: shape and plausibility, never decisions."""

from __future__ import annotations

from typing import ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import DataRequired, Length

from portal.complaints.rules import PROBLEM_LABELS, ProblemKind
from portal.filings.forms import FilingForm, ReadableText, tidy
from portal.foundation.choices import choices


def problem_field() -> RadioField:
    """What is wrong, chosen from the kinds that there are."""
    return RadioField(
        _l("What is wrong"),
        choices=choices(PROBLEM_LABELS),
        validators=[DataRequired(_l("Please choose what is wrong."))],
    )


class ComplaintForm(FilingForm):
    """A complaint in one piece."""

    FIRST: ClassVar[tuple[str, ...]] = ("respondent", "respondent_name", "evaluated", "problem_kind", "statement")

    respondent = HiddenField()
    respondent_name = StringField(
        _l("Name of the enterprise, park or agency"), filters=[tidy], validators=[Length(max=200), ReadableText()]
    )
    evaluated = HiddenField()
    problem_kind = problem_field()

    @property
    def problem(self) -> ProblemKind:
        """The chosen kind."""
        return ProblemKind(self.problem_kind.data)
