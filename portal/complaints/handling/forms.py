"""The forms of the desk around a case."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from portal.complaints.handling.rules import NAME_LONGEST
from portal.filings.forms import MESSAGE_LONGEST, REQUIRED, ReadableText, tidy


class TemplateForm(FlaskForm):
    """A text in two languages."""

    name = StringField(_l("Name"), filters=[tidy], validators=[DataRequired(REQUIRED), Length(max=NAME_LONGEST)])
    zh = TextAreaField(
        _l("Chinese"), filters=[tidy], validators=[DataRequired(REQUIRED), Length(max=MESSAGE_LONGEST), ReadableText()]
    )
    bo = TextAreaField(_l("Tibetan"), filters=[tidy], validators=[Length(max=MESSAGE_LONGEST), ReadableText()])
