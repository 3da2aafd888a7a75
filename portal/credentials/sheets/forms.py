"""The form of a sheet."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, IntegerField
from wtforms.validators import DataRequired, NumberRange

from portal.credentials.sheets.rules import NO_YEAR
from portal.filings.forms import REQUIRED


class SheetForm(FlaskForm):
    """A spreadsheet, with the year of rows that name none."""

    year = IntegerField(_l("Year"), validators=[DataRequired(NO_YEAR), NumberRange(2000, 2999, NO_YEAR)])
    file = FileField(_l("List as CSV or XLSX"), validators=[FileRequired(REQUIRED)])
    #: The preview that was looked at; only its file is then taken, for its year.
    accepted = HiddenField()
