"""The form of who has filed the yearly form."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, IntegerField
from wtforms.validators import DataRequired, NumberRange

from portal.credentials.duties.services import FIRST_YEAR
from portal.filings.forms import REQUIRED

NO_YEAR = _l("The year is missing or not possible.")


class FormsForm(FlaskForm):
    """Who has filed, as a spreadsheet."""

    year = IntegerField(_l("Year"), validators=[DataRequired(NO_YEAR), NumberRange(FIRST_YEAR, 2999, NO_YEAR)])
    file = FileField(_l("List as CSV or XLSX"), validators=[FileRequired(REQUIRED)])
    #: The digest of the file whose preview was looked at; only that file is then taken.
    accepted = HiddenField()
