"""Forms of the rounds' desk."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.authorities.forms import REQUIRED
from portal.foundation.choices import choice, choices
from portal.register.batches.rules import GROUND_LABELS, ORGAN_LABELS, ROUND_LEVELS
from portal.register.batches.services.steps import NOTE_LENGTH
from portal.register.rules import CATEGORY_LABELS, LEVEL_LABELS

NOTE, SOURCE, REASON = _l("Note"), _l("Source"), _l("Reason")


class VersionForm(FlaskForm):
    """An act on something whose version the person saw."""

    version = HiddenField()

    @property
    def seen(self) -> int:
        """The version that the person saw; one that nothing has where the field is missing."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


class BatchForm(FlaskForm):
    """A round to open."""

    level = SelectField(_l("Level"), choices=[choice(str(level), LEVEL_LABELS[level]) for level in ROUND_LEVELS])
    year = IntegerField(_l("Year"), validators=[InputRequired(REQUIRED), NumberRange(2016, 2100)])
    name = StringField(_l("Batch"), validators=[Length(max=60)])


class BatchActForm(VersionForm):
    """An act on a round."""

    note = TextAreaField(NOTE, validators=[Length(max=NOTE_LENGTH)])
    on = DateField(_l("Date"), validators=[Optional()])


class RecommendationForm(FlaskForm):
    """A unit to recommend."""

    name = StringField(_l("Unit name"), validators=[DataRequired(REQUIRED), Length(max=200)])
    name_bo = StringField(_l("Tibetan name"), validators=[Length(max=400)])
    category = SelectField(_l("Category"), choices=choices(CATEGORY_LABELS))
    uscc = StringField(_l("Unified social credit code"), validators=[Length(max=40)])
    authority = SelectField(_l("Authority"))
    place = StringField(_l("Prefecture"), validators=[Length(max=60)])
    agency = StringField(_l("Third-party evaluation agency"), validators=[Length(max=200)])
    report_on = DateField(_l("Date of the evaluation report"), validators=[Optional()])


class RecommendationListForm(FlaskForm):
    """A spreadsheet of units to recommend."""

    file = FileField(_l("List as CSV or XLSX"), validators=[FileRequired(REQUIRED)])
    #: The digest of the file whose preview was looked at; only that file is then taken.
    accepted = HiddenField()


class CheckForm(FlaskForm):
    """One ground of Art. 15, looked into."""

    ground = SelectField(_l("Ground"), choices=choices(GROUND_LABELS))
    applies = SelectField(_l("Result"), choices=[choice("no", _l("Does not apply")), choice("yes", _l("Applies"))])
    checked_on = DateField(_l("Date"), validators=[Optional()])
    source = StringField(SOURCE, validators=[Length(max=NOTE_LENGTH)])


class ReviewForm(FlaskForm):
    """What one expert found."""

    expert = StringField(_l("Expert"), validators=[Length(max=80)])
    score = IntegerField(_l("Score"), validators=[Optional()])
    on_site_on = DateField(_l("Date of the on-site check"), validators=[Optional()])
    note = TextAreaField(NOTE, validators=[Length(max=NOTE_LENGTH)])


class DecisionForm(VersionForm):
    """Whether a candidate is selected, and why."""

    selected = SelectField(_l("Result"), choices=[choice("yes", _l("Selected")), choice("no", _l("Not selected"))])
    reason = TextAreaField(REASON, validators=[Length(max=NOTE_LENGTH)])


class ReasonForm(VersionForm):
    """The reason for taking a candidate out, or for not listing it."""

    note = TextAreaField(REASON, validators=[Length(max=NOTE_LENGTH)])


class CandidatesField(SelectMultipleField):
    """Candidates as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class OpinionForm(FlaskForm):
    """The answer of one of the three departments."""

    organ = SelectField(_l("Department"), choices=choices(ORGAN_LABELS))
    given_on = DateField(_l("Date"), validators=[Optional()])
    source = StringField(SOURCE, validators=[Length(max=NOTE_LENGTH)])
    against = CandidatesField(_l("Units to which it objects"), coerce=int)
    note = TextAreaField(NOTE, validators=[Length(max=NOTE_LENGTH)])


class FindingForm(FlaskForm):
    """An agency that lacks the basic conditions."""

    agency = StringField(_l("Third-party evaluation agency"), validators=[Length(max=200)])
    found_on = DateField(_l("Date"), validators=[Optional()])
    source = StringField(SOURCE, validators=[Length(max=NOTE_LENGTH)])
