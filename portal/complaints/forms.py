"""The forms of Art. 24: shape and plausibility, never decisions."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from portal.complaints.rules import FINDING_LABELS, PROBLEM_LABELS, REFUSAL_LABELS, Finding, ProblemKind, RefusalGround
from portal.filings.forms import STATEMENT_LONGEST, FilingForm, ReadableText, tidy
from portal.foundation.choices import choices
from portal.register.rules import EXCLUSION_LABELS, REMOVAL_LABELS, ExclusionGround, RemovalGround


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


class ActForm(FlaskForm):
    """What an act of staff may carry; the service says what it needs."""

    version = HiddenField()
    note = TextAreaField(_l("Text"), filters=[tidy], validators=[Length(max=STATEMENT_LONGEST), ReadableText()])
    refusal_ground = SelectField(_l("Ground"), choices=choices(REFUSAL_LABELS), validate_choice=False)
    finding = SelectField(_l("Finding"), choices=choices(FINDING_LABELS), validate_choice=False)
    removal_ground = SelectField(_l("Ground of removal"), choices=choices(REMOVAL_LABELS), validate_choice=False)
    exclusion_ground = SelectField(_l("Ground of exclusion"), choices=choices(EXCLUSION_LABELS), validate_choice=False)
    rectify_by = DateField(_l("To be rectified by"), validators=[Optional()])
    authority = SelectField(_l("Authority"), choices=[], validate_choice=False)

    def chosen(self, name: str, kind: type[RefusalGround | Finding | RemovalGround | ExclusionGround]) -> Any:
        """The member chosen in a field, None where none or an unknown one was sent."""
        try:
            return kind(self[name].data)
        except ValueError:
            return None
