"""Forms of the accounts desk."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, PasswordField, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from portal.authorities.rules import ROLE_LABELS
from portal.foundation.choices import choices

REQUIRED = _l("This field is required.")


class RolesField(SelectMultipleField):
    """The roles as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class AccountForm(FlaskForm):
    """A new account."""

    email = EmailField(_l("E-mail"), validators=[DataRequired(REQUIRED), Length(max=255)])
    name = StringField(_l("Name of the person"), validators=[DataRequired(REQUIRED), Length(max=80)])
    authority = SelectField(_l("Authority"), validators=[DataRequired(REQUIRED)])
    roles = RolesField(_l("Roles"), choices=choices(ROLE_LABELS))
    password = PasswordField(_l("Password"), validators=[DataRequired(REQUIRED)])


class AccountChangeForm(FlaskForm):
    """Changes of an account."""

    name = StringField(_l("Name of the person"), validators=[DataRequired(REQUIRED), Length(max=80)])
    roles = RolesField(_l("Roles"), choices=choices(ROLE_LABELS))
    active = BooleanField(_l("May log in"))
    password = PasswordField(_l("New password"))
