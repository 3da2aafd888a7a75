"""The forms of Art. 24: shape and plausibility, never decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, RadioField, StringField, ValidationError
from wtforms.validators import DataRequired, Length

from portal.complaints.respondents import Respondent, respondent_of
from portal.complaints.rules import PROBLEM_LABELS, ProblemKind
from portal.complaints.services import Filing
from portal.filings.forms import FilingForm, ReadableText, consent_field, sent_files, tidy
from portal.filings.rules import Channel
from portal.filings.taking import Content
from portal.foundation.choices import choice, choices
from portal.foundation.languages import LANGUAGES, Language

CHANNEL_LABELS: Mapping[Channel, LazyString] = {
    Channel.ONLINE: _l("Online"),
    Channel.LETTER: _l("Letter"),
    Channel.CALL: _l("Call or visit"),
}


def name_field() -> StringField:
    """The respondent's name as it is typed where nothing was found."""
    return StringField(
        _l("Name of the enterprise, park or agency"), filters=[tidy], validators=[Length(max=200), ReadableText()]
    )


def problem_field() -> RadioField:
    """What is wrong, chosen from the kinds that there are."""
    return RadioField(
        _l("What is wrong"),
        choices=choices(PROBLEM_LABELS),
        validators=[DataRequired(_l("Please choose what is wrong."))],
    )


class RespondentPart(FlaskForm):
    """Whom it is about: chosen from the lists, or named."""

    respondent = HiddenField()
    respondent_name = name_field()
    evaluated = HiddenField()

    @property
    def chosen(self) -> Respondent | None:
        """Whom the lists know; None where only a name was given, or nothing."""
        return respondent_of(self.respondent.data or "", "", self.evaluated.data or "")

    @property
    def about(self) -> Respondent | None:
        """Whom it is about; None where nothing says so."""
        return respondent_of(self.respondent.data or "", self.respondent_name.data or "", self.evaluated.data or "")

    def validate_respondent_name(self, _field: Field) -> None:
        """A complaint is about somebody."""
        if self.about is None:
            raise ValidationError(_l("Please say whom the complaint is about."))


class ComplaintForm(RespondentPart, FilingForm):
    """A complaint in one piece."""

    FIRST: ClassVar[tuple[str, ...]] = ("respondent", "respondent_name", "evaluated", "problem_kind", "statement")

    problem_kind = problem_field()

    @property
    def filing(self) -> Filing:
        """The complaint that the form says, once it is valid."""
        about = self.about
        assert about is not None  # noqa: S101 - so the form has found
        return Filing(about, ProblemKind(self.problem_kind.data), self.content)


class CounterForm(ComplaintForm):
    """A complaint that staff enter from a letter, a call or a visit."""

    FIRST: ClassVar[tuple[str, ...]] = ("channel", "language", *ComplaintForm.FIRST)

    channel = RadioField(
        _l("Received by"),
        choices=[
            choice(str(channel), label) for channel, label in CHANNEL_LABELS.items() if channel is not Channel.ONLINE
        ],
        default=Channel.LETTER,
    )
    language = RadioField(
        _l("Language of the complainant"),
        choices=[choice(str(language), LANGUAGES[language].own_name) for language in Language],
        default=Language.ZH,
    )
    consent = consent_field(
        _l(
            "The complainant has assured that it is true and agreed that the personal information is used to verify it."
        ),
        _l("Please confirm this, or the complaint cannot be taken."),
    )

    @property
    def content(self) -> Content:
        """What was filed, in the language of whoever complains."""
        return replace(super().content, language=Language(self.language.data))

    def validate_evidence(self, field: Field) -> None:
        """The scan of a letter; a call may have nothing to show yet."""
        if self.channel.data != Channel.CALL or sent_files(field.data or []):
            super().validate_evidence(field)
