"""Forms of the rulebook and calendar desks."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import DateField, HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import URL, DataRequired, InputRequired, Length, NumberRange, Optional

from portal.authorities.forms import REQUIRED, RolesField
from portal.foundation.choices import choice, choices
from portal.rulebook import hooks
from portal.rulebook.rules import KINDS, LIMITS, Entry, Kind, Rule

NEW_VALUE = _l("New value")


class AmendmentForm(FlaskForm):
    """What every proposal says beside its value."""

    holds_from = DateField(_l("Holds from"), validators=[DataRequired(REQUIRED)])
    source = StringField(_l("Source"), validators=[DataRequired(REQUIRED), Length(max=300)])
    source_url = StringField(_l("Address of the source"), validators=[Optional(), URL(), Length(max=1000)])

    @property
    def given(self) -> object:
        """The value as the services take it."""
        return self["value"].data


class NumberForm(AmendmentForm):
    """A rule that is a number."""

    value = IntegerField(NEW_VALUE, validators=[InputRequired(REQUIRED)])


class YesOrNoForm(AmendmentForm):
    """A rule that holds or does not."""

    value = RadioField(NEW_VALUE, choices=[choice("1", _l("Yes")), choice("0", _l("No"))])

    @property
    def given(self) -> object:
        """1 or 0."""
        return int(self.value.data) if self.value.data in {"0", "1"} else None


class DayOfYearForm(AmendmentForm):
    """A rule that is a day of every year."""

    value = StringField(_l("New value, such as 06-30"), validators=[DataRequired(REQUIRED)])


class ListForm(AmendmentForm):
    """A rule that is a list."""

    value = RolesField(NEW_VALUE)


FORMS: dict[Kind, type[AmendmentForm]] = {
    Kind.YES_OR_NO: YesOrNoForm,
    Kind.DAY_OF_YEAR: DayOfYearForm,
    Kind.LIST: ListForm,
}


def form_of(rule: Rule, present: Entry) -> AmendmentForm:
    """The form for another value of a rule, filled with the present one."""
    kind = KINDS[rule]
    value: Any = str(present.value) if kind is Kind.YES_OR_NO else present.value
    form = FORMS.get(kind, NumberForm)(data={"value": list(value) if isinstance(value, tuple) else value})
    if isinstance(form, ListForm):
        form.value.choices = choices(hooks.options_of(rule))
    elif isinstance(form, NumberForm):
        least, greatest = LIMITS[kind]
        form.value.render_kw = {"min": least, "max": greatest}
    return form


class DaysForm(FlaskForm):
    """Days to enter: as a file, or as lines."""

    place = SelectField(_l("For whom they hold"))
    file = FileField(_l("Files"))
    days = TextAreaField(
        _l("Or one line a day"), render_kw={"rows": 8, "placeholder": "2027-02-26, 休, 藏历新年\n2027-02-27, 班"}
    )
    year = IntegerField(_l("Whole official calendar of the year"), validators=[Optional(), NumberRange(2000, 2099)])
    source = StringField(_l("Source"), validators=[DataRequired(REQUIRED), Length(max=300)])
    source_url = StringField(_l("Address of the source"), validators=[Optional(), URL(), Length(max=1000)])
    #: The digest of the days whose preview was looked at; only those are then entered.
    accepted = HiddenField()
