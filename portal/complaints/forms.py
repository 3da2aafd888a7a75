"""The forms of Art. 24: shape and plausibility, never decisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Field,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, Email, Length, Optional

from portal.complaints.limits import most_files
from portal.complaints.rules import FINDING_LABELS, PROBLEM_LABELS, REFUSAL_LABELS, Finding, ProblemKind, RefusalGround
from portal.foundation import clock, sanitizing
from portal.foundation.choices import choices
from portal.foundation.identifiers import Flaw, IdType, InvalidIdentifier, plausible_identity, plausible_mobile
from portal.register.rules import EXCLUSION_LABELS, REMOVAL_LABELS, ExclusionGround, RemovalGround

REQUIRED = _l("This field is required.")
STATEMENT_SHORTEST, STATEMENT_LONGEST = 20, 10_000
MESSAGE_LONGEST = 4_000

ID_TYPE_LABELS: Mapping[IdType, LazyString] = {
    IdType.RESIDENT_ID: _l("Resident identity card"),
    IdType.RESIDENCE_PERMIT_HMT: _l("Residence permit for Hong Kong, Macao and Taiwan residents"),
    IdType.PERMANENT_RESIDENCE: _l("Foreigner's permanent residence card"),
    IdType.TRAVEL_PERMIT_HM: _l("Travel permit for Hong Kong and Macao residents"),
    IdType.TRAVEL_PERMIT_TW: _l("Travel permit for Taiwan residents"),
    IdType.PASSPORT: _l("Passport"),
    IdType.ORGANISATION: _l("Organisation (unified social credit code)"),
}
FLAWS: Mapping[Flaw, LazyString] = {
    Flaw.EMPTY: REQUIRED,
    Flaw.LENGTH: _l("This number is too short or too long. Please compare it with the document."),
    Flaw.CHARACTERS: _l(
        "This number has signs that such a document does not have. Please compare it with the document."
    ),
    Flaw.CHECK: _l("This number has a typing error: its last digit does not fit. Please compare it with the document."),
    Flaw.DATE: _l("The date of birth in this number is not possible. Please compare it with the document."),
}


def tidy(text: str | None) -> str | None:
    """A text as it is kept: normalised, without spaces around."""
    return sanitizing.normalize(text).strip() if text is not None else None


class ReadableText:
    """Refuses text that only an old Tibetan font can show."""

    def __call__(self, _form: FlaskForm, field: Field) -> None:
        """Raise where there are private code points."""
        if sanitizing.has_private_use(field.data or ""):
            raise ValidationError(
                _l(
                    "This text was made with an old Tibetan font and cannot be read elsewhere. Please convert it to Unicode."
                )
            )


class ComplaintForm(FlaskForm):
    """A complaint in one piece. It carries no authority of its own, so it needs no session and no CSRF token."""

    class Meta:
        """The form's own settings."""

        csrf: ClassVar[bool] = False

    respondent = HiddenField()
    respondent_name = StringField(
        _l("Name of the enterprise, park or agency"), filters=[tidy], validators=[Length(max=200), ReadableText()]
    )
    evaluated = HiddenField()
    problem_kind = RadioField(
        _l("What is wrong"),
        choices=choices(PROBLEM_LABELS),
        validators=[DataRequired(_l("Please choose what is wrong."))],
    )
    statement = TextAreaField(
        _l("Statement"),
        filters=[tidy],
        validators=[
            DataRequired(_l("Please describe the facts in detail.")),
            Length(
                min=STATEMENT_SHORTEST,
                max=STATEMENT_LONGEST,
                message=_l("Please write between 20 and 10,000 characters."),
            ),
            ReadableText(),
        ],
    )
    name = StringField(
        _l("Your name"),
        filters=[tidy],
        validators=[DataRequired(_l("Please enter your name.")), Length(max=100), ReadableText()],
    )
    id_type = SelectField(_l("Identity document"), choices=choices(ID_TYPE_LABELS), default=IdType.RESIDENT_ID)
    id_number = StringField(
        _l("Number of the document"), validators=[DataRequired(_l("Please enter the number of your document."))]
    )
    phone = TelField(_l("Mobile number"), filters=[tidy])
    email = EmailField(
        _l("E-mail"),
        filters=[tidy],
        validators=[Optional(), Email(_l("The e-mail address is not valid.")), Length(max=254)],
    )
    address = StringField(_l("Address"), filters=[tidy], validators=[Length(max=300)])
    evidence = MultipleFileField(_l("Supporting material"))
    consent = BooleanField(
        _l(
            "I assure that what I state and submit is true, and I agree that my personal information is used to verify it."
        ),
        validators=[DataRequired(_l("Please confirm this, or the complaint cannot be taken."))],
        false_values=("", "false", "n", "0"),
    )
    filing_token = HiddenField()

    @property
    def problem(self) -> ProblemKind:
        """The chosen kind."""
        return ProblemKind(self.problem_kind.data)

    def validate_id_number(self, field: Field) -> None:
        """Plausible for its type of document; the number is normalised."""
        try:
            field.data = plausible_identity(self.id_type.data or "", field.data or "", today=clock.today())
        except InvalidIdentifier as flawed:
            raise ValidationError(FLAWS[flawed.code]) from None
        except ValueError:
            return

    def validate_phone(self, field: Field) -> None:
        """A mobile number where one is given; without e-mail one is needed."""
        if not field.data:
            if not self.email.data:
                raise ValidationError(
                    _l("Please enter a mobile number or an e-mail address, so that you can be reached.")
                )
            return
        try:
            field.data = plausible_mobile(field.data)
        except InvalidIdentifier:
            raise ValidationError(_l("The mobile number is not valid.")) from None

    def validate_evidence(self, field: Field) -> None:
        """At least one file, and no more than announced."""
        files = [file for file in field.data or [] if file and getattr(file, "filename", "")]
        if not files:
            raise ValidationError(_l("Please choose at least one file as supporting material."))
        if len(files) > most_files():
            raise ValidationError(_l("At most %(n)s files can be sent.", n=most_files()))


class StatusForm(FlaskForm):
    """Receipt number and secret. They are the key themselves, so there is nothing for a forged request to abuse."""

    class Meta:
        """The form's own settings."""

        csrf: ClassVar[bool] = False

    receipt = StringField(_l("Receipt number"), validators=[DataRequired(REQUIRED), Length(max=60)])
    secret = StringField(_l("Secret"), validators=[DataRequired(REQUIRED), Length(max=80)])


class ReplyForm(FlaskForm):
    """A message and files of the complainant, on a page that knows the case."""

    text = TextAreaField(_l("Message"), filters=[tidy], validators=[Length(max=MESSAGE_LONGEST), ReadableText()])
    evidence = MultipleFileField(_l("Supporting material"))


class ActForm(FlaskForm):
    """What an act of staff may carry; the service says what it needs."""

    version = HiddenField()
    note = TextAreaField(_l("Text"), filters=[tidy], validators=[Length(max=STATEMENT_LONGEST), ReadableText()])
    refusal_ground = SelectField(_l("Ground"), choices=choices(REFUSAL_LABELS), validate_choice=False)
    finding = SelectField(_l("Finding"), choices=choices(FINDING_LABELS), validate_choice=False)
    removal_ground = SelectField(_l("Ground of removal"), choices=choices(REMOVAL_LABELS), validate_choice=False)
    exclusion_ground = SelectField(_l("Ground of exclusion"), choices=choices(EXCLUSION_LABELS), validate_choice=False)
    rectify_by = DateField(_l("To be rectified by"), validators=[Optional()])
    authority = SelectField(_l("Authority"), choices=[], validate_choice=False)

    def chosen(self, name: str, kind: type[RefusalGround | Finding | RemovalGround | ExclusionGround]) -> Any:
        """The member chosen in a field, None where none or an unknown one was sent."""
        try:
            return kind(self[name].data)
        except ValueError:
            return None


class IdentityForm(FlaskForm):
    """Why an identity must be opened."""

    reason = TextAreaField(_l("Reason"), filters=[tidy], validators=[DataRequired(REQUIRED), Length(max=500)])
