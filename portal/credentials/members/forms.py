"""Forms of claims and members: shape and plausibility."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, FileField, HiddenField, PasswordField, SelectField, StringField, TelField, TextAreaField
from wtforms.validators import DataRequired, Email, EqualTo, Length

from portal.credentials.members.rules import MEMBER_LABELS, MemberRole
from portal.credentials.members.sealing import Contact
from portal.filings.forms import REQUIRED, ReadableText, tidy
from portal.foundation.choices import choices

_EMAIL = [DataRequired(REQUIRED), Email(_l("The e-mail address is not valid.")), Length(max=254)]


class ClaimForm(FlaskForm):
    """Who says that they speak for a unit, and the letter that shows it."""

    unit = HiddenField()
    name = StringField(
        _l("Your name"), filters=[tidy], validators=[DataRequired(REQUIRED), Length(max=80), ReadableText()]
    )
    position = StringField(_l("Your position"), filters=[tidy], validators=[Length(max=80), ReadableText()])
    email = EmailField(_l("E-mail"), filters=[tidy], validators=_EMAIL, render_kw={"autocomplete": "email"})
    phone = TelField(_l("Phone number"), filters=[tidy], validators=[Length(max=30)])
    letter = FileField(_l("Letter of the unit"))

    @property
    def contact(self) -> Contact:
        """Who claims."""
        return Contact(self.name.data or "", self.email.data or "", self.phone.data or "", self.position.data or "")


class DecideForm(FlaskForm):
    """Why a claim is not confirmed."""

    reason = TextAreaField(_l("Reason"), filters=[tidy], validators=[Length(max=1000), ReadableText()])


class InviteForm(FlaskForm):
    """A colleague to invite."""

    name = StringField(
        _l("Name of the person"), filters=[tidy], validators=[DataRequired(REQUIRED), Length(max=80), ReadableText()]
    )
    email = EmailField(_l("E-mail"), filters=[tidy], validators=_EMAIL)
    role = SelectField(_l("Role"), choices=choices(MEMBER_LABELS), default=MemberRole.MEMBER)


class JoinForm(FlaskForm):
    """The password of a new account."""

    password = PasswordField(
        _l("Password"), validators=[DataRequired(REQUIRED)], render_kw={"autocomplete": "new-password"}
    )
    again = PasswordField(
        _l("Password again"),
        validators=[DataRequired(REQUIRED), EqualTo("password", _l("The two passwords do not match."))],
        render_kw={"autocomplete": "new-password"},
    )
