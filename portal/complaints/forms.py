"""The forms of Art. 24: shape and plausibility, never decisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, RadioField, StringField
from wtforms.validators import DataRequired, Length

from portal.complaints.rules import PROBLEM_LABELS, ProblemKind
from portal.filings.forms import FilingForm, ReadableText, consent_field, sent_files, tidy
from portal.filings.rules import Channel
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


class ComplaintForm(FilingForm):
    """A complaint in one piece."""

    FIRST: ClassVar[tuple[str, ...]] = ("respondent", "respondent_name", "evaluated", "problem_kind", "statement")

    respondent = HiddenField()
    respondent_name = name_field()
    evaluated = HiddenField()
    problem_kind = problem_field()

    @property
    def problem(self) -> ProblemKind:
        """The chosen kind."""
        return ProblemKind(self.problem_kind.data)


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

    def validate_evidence(self, field: Field) -> None:
        """The scan of a letter; a call may have nothing to show yet."""
        if self.channel.data != Channel.CALL or sent_files(field.data or []):
            super().validate_evidence(field)
