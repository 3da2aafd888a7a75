"""Forms of green codes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import IntegerField, RadioField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange

from portal.credentials.green_codes.rules import FIRST_YEAR, SIGNS
from portal.credentials.sheets import NO_YEAR
from portal.filings.forms import REQUIRED, ReadableText, tidy
from portal.foundation.choices import choice


class ClaimForm(FlaskForm):
    """A code that the enterprise was granted, with the evidence of it."""

    year = IntegerField(_l("Year"), validators=[DataRequired(NO_YEAR), NumberRange(FIRST_YEAR, 2999, NO_YEAR)])
    level = RadioField(
        _l("Level"),
        choices=[choice(str(level), sign) for level, sign in SIGNS.items()],
        validators=[DataRequired(REQUIRED)],
    )
    evidence = FileField(_l("Evidence"), validators=[FileRequired(REQUIRED)])


class RefuseForm(FlaskForm):
    """Why a code is not confirmed."""

    reason = TextAreaField(_l("Reason"), filters=[tidy], validators=[Length(max=1000), ReadableText()])
