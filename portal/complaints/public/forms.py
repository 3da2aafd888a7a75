"""The forms of the guided form's steps."""

from __future__ import annotations

from typing import ClassVar

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length

from portal.complaints.forms import RespondentPart, problem_field
from portal.filings.forms import (
    MESSAGE_LONGEST,
    REQUIRED,
    FilingForm,
    IdentityPart,
    ReadableText,
    statement_field,
    tidy,
)
from portal.foundation.identifiers import IdType


class WhomForm(RespondentPart):
    """Whom it is about. It begins a draft, so that there is no session yet that it could act for."""

    class Meta:
        """The form's own settings."""

        csrf: ClassVar[bool] = False

    filing_token = HiddenField()


class WhatForm(FlaskForm):
    """What happened."""

    problem_kind = problem_field()
    statement = statement_field(_l("Statement"))


class WhoForm(IdentityPart):
    """Who complains. An organisation names somebody who can be asked."""

    def validate_contact(self, field: Field) -> None:
        """Needed of an organisation."""
        if self.id_type.data == IdType.ORGANISATION and not field.data:
            raise ValidationError(_l("Please name a contact person of the organisation."))


class LookForm(FlaskForm):
    """The assurance with which the complaint is sent."""

    consent = FilingForm.consent


class ResumeForm(FlaskForm):
    """The code of a draft. It is the key itself, so there is nothing for a forged request to abuse."""

    class Meta:
        """The form's own settings."""

        csrf: ClassVar[bool] = False

    code = StringField(
        _l("Code of the draft"),
        validators=[DataRequired(REQUIRED), Length(max=60)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


class ReasonsForm(FlaskForm):
    """Why the department should look at a decision once more."""

    reasons = TextAreaField(
        _l("Reasons"), filters=[tidy], validators=[DataRequired(REQUIRED), Length(max=MESSAGE_LONGEST), ReadableText()]
    )
