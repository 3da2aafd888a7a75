"""Forms of the register desk."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, DateField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from portal.authorities.forms import REQUIRED
from portal.foundation.choices import choice, choices
from portal.register.models import ListEntry, Unit
from portal.register.rules import CATEGORY_LABELS, LEVEL_LABELS

NONE = choice("", "—")


class UnitForm(FlaskForm):
    """What staff keep of a unit."""

    name_bo = StringField(_l("Tibetan name"), validators=[Length(max=400)])
    uscc = StringField(_l("Unified social credit code"), validators=[Length(max=40)])
    authority = SelectField(_l("Authority"))
    attribution_confirmed = BooleanField(_l("The attribution to this authority is confirmed"))
    former_name = StringField(_l("Add a former name"), validators=[Length(max=120)])
    version = IntegerField(widget=HiddenInput(), validators=[DataRequired()])


class CorrectionForm(FlaskForm):
    """What holds instead of what was recorded, and why."""

    name = StringField(_l("Unit name"), validators=[DataRequired(REQUIRED), Length(max=120)])
    name_bo = StringField(_l("Tibetan name"), validators=[Length(max=400)])
    batch = StringField(_l("Batch"), validators=[Length(max=60)])
    listed_on = DateField(_l("Listed on"), validators=[Optional()])
    source_url = StringField(_l("Source"), validators=[Length(max=1000)])
    restore = BooleanField(_l("Restore the entry to the list"))
    document = StringField(_l("Name in the address"), validators=[Length(max=120)])
    reason = TextAreaField(_l("Reason"), validators=[DataRequired(REQUIRED), Length(max=500)])
    version = IntegerField(widget=HiddenInput(), validators=[DataRequired()])

    @classmethod
    def of(cls, unit: Unit, entry: ListEntry | None) -> CorrectionForm:
        """The form with what is recorded now."""
        facts: dict[str, object] = {"name": unit.name, "name_bo": unit.name_bo, "version": unit.version}
        if entry is not None:
            facts |= {"batch": entry.batch, "listed_on": entry.listed_on, "source_url": entry.source_url}
        return cls(data=facts)


class ImportForm(FlaskForm):
    """A list to take in, with what holds for rows that do not say otherwise."""

    file = FileField(_l("List as CSV or XLSX"), validators=[FileRequired(REQUIRED)])
    category = SelectField(_l("Category"), choices=[NONE, *choices(CATEGORY_LABELS)])
    level = SelectField(_l("Level"), choices=[NONE, *choices(LEVEL_LABELS)])
    year = IntegerField(_l("Year"), validators=[Optional(), NumberRange(2016, 2100)])
    batch = StringField(_l("Batch"), validators=[Length(max=60)])
    source_url = StringField(_l("Source"), validators=[Length(max=1000)])
    #: The digest of the file whose preview was looked at; only that file is then taken in.
    accepted = HiddenField()
