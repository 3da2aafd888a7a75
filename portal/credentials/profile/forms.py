"""Forms of profiles: shape and plausibility."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FileField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from portal.credentials.profile.models import UnitProfile
from portal.credentials.profile.rules import (
    FIRST_YEAR,
    MEASURE_LABELS,
    NOT_A_YEAR,
    SECTION_LABELS,
    SOURCE_LENGTH,
    TEXT_LENGTH,
    TITLE_LENGTH,
    UNIT_LENGTH,
    UNITS,
    Measure,
    StatedFigure,
    Texts,
)
from portal.filings.forms import REQUIRED, ReadableText, tidy
from portal.foundation import clock
from portal.foundation.choices import choice
from portal.foundation.languages import LANGUAGES, Language, Localized

#: The languages in which a unit writes: the first is what most readers have.
WRITTEN = (Language.ZH, Language.BO)
_IN = {language: {"lang": LANGUAGES[language].html} for language in WRITTEN}


def _line(label: Any, language: Language) -> StringField:
    return StringField(
        label, filters=[tidy], validators=[Length(max=TITLE_LENGTH), ReadableText()], render_kw=_IN[language]
    )


def _text(label: Any, language: Language) -> TextAreaField:
    return TextAreaField(
        label,
        filters=[tidy],
        validators=[Length(max=TEXT_LENGTH), ReadableText()],
        render_kw={**_IN[language], "rows": 8},
    )


class TextsForm(FlaskForm):
    """What a unit writes about itself, in Chinese and Tibetan."""

    version = HiddenField()
    title_zh = _line(_l("Title"), Language.ZH)
    title_bo = _line(_l("Title"), Language.BO)
    technologies_zh = _text(SECTION_LABELS["technologies"], Language.ZH)
    technologies_bo = _text(SECTION_LABELS["technologies"], Language.BO)
    practices_zh = _text(SECTION_LABELS["practices"], Language.ZH)
    practices_bo = _text(SECTION_LABELS["practices"], Language.BO)
    disclosures_zh = _text(SECTION_LABELS["disclosures"], Language.ZH)
    disclosures_bo = _text(SECTION_LABELS["disclosures"], Language.BO)

    @property
    def texts(self) -> Texts:
        """What was entered."""
        return Texts(**{name: _localized(self, name) for name in ("title", *SECTION_LABELS)})


class FigureForm(FlaskForm):
    """A figure of one year."""

    measure = SelectField(_l("What is measured"), default=Measure.ENERGY)
    year = IntegerField(_l("Year"), validators=[DataRequired(NOT_A_YEAR), NumberRange(FIRST_YEAR, message=NOT_A_YEAR)])
    value = StringField(_l("Value"), filters=[tidy], validators=[DataRequired(REQUIRED), Length(max=30)])
    source = StringField(
        _l("Source"), filters=[tidy], validators=[DataRequired(REQUIRED), Length(max=SOURCE_LENGTH), ReadableText()]
    )
    name_zh = _line(_l("Name of another figure"), Language.ZH)
    name_bo = _line(_l("Name of another figure"), Language.BO)
    unit = StringField(
        _l("Unit of measure of another figure"), filters=[tidy], validators=[Length(max=UNIT_LENGTH), ReadableText()]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Each figure says in which unit its value is asked for.
        units = {measure: f" ({unit})" for measure, unit in UNITS.items()}
        self.measure.choices = [
            choice(str(measure), f"{label}{units.get(measure, '')}") for measure, label in MEASURE_LABELS.items()
        ]

    @property
    def figure(self) -> StatedFigure:
        """What was entered."""
        return StatedFigure(
            Measure(self.measure.data),
            self.year.data or 0,
            self.value.data or "",
            self.source.data or "",
            self.unit.data or "",
            _localized(self, "name"),
        )


class ReportForm(FlaskForm):
    """A green development report of one year."""

    title_zh = _line(_l("Title"), Language.ZH)
    title_bo = _line(_l("Title"), Language.BO)
    year = IntegerField(_l("Year"), validators=[DataRequired(NOT_A_YEAR), NumberRange(FIRST_YEAR, message=NOT_A_YEAR)])
    file = FileField(_l("File"))

    def validate_year(self, field: IntegerField) -> None:
        """A year that has begun."""
        if field.data and field.data > clock.today().year:
            raise ValueError(NOT_A_YEAR)


class PictureForm(FlaskForm):
    """A picture and what it shows, for those who do not see it."""

    title_zh = _line(_l("What the picture shows"), Language.ZH)
    title_bo = _line(_l("What the picture shows"), Language.BO)
    file = FileField(_l("File"))


class DecideForm(FlaskForm):
    """A decision on the version that was seen, with its reason."""

    version = HiddenField()
    reason = TextAreaField(
        _l("Reason"), filters=[tidy], validators=[Optional(), Length(max=1000), ReadableText()], render_kw={"rows": 4}
    )


def title_of(form: ReportForm | PictureForm) -> Localized:
    """The title of a file in the languages in which it was entered."""
    return _localized(form, "title")


def data_of(profile: UnitProfile) -> dict[str, object]:
    """A version as the form of its texts shows it."""
    texts = profile.texts
    told = {
        f"{name}_{language}": getattr(getattr(texts, name), language)
        for name in ("title", *SECTION_LABELS)
        for language in WRITTEN
    }
    return {**told, "version": profile.version}


def _localized(form: FlaskForm, name: str) -> Localized:
    return Localized(**{str(language): form[f"{name}_{language}"].data or "" for language in WRITTEN})
