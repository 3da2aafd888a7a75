"""The fields that every sealed filing asks for: shape and plausibility, never decisions."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import BinaryIO, ClassVar

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    MultipleFileField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, Email, Length, Optional

from portal.filings.limits import excess
from portal.filings.sealing import Identity
from portal.filings.taking import Content
from portal.foundation import clock, sanitizing
from portal.foundation.choices import choices
from portal.foundation.errors import Stale
from portal.foundation.identifiers import Flaw, IdType, InvalidIdentifier, plausible_identity, plausible_mobile
from portal.foundation.languages import current_language

REQUIRED = _l("This field is required.")
LONGEST_NUMBER = 19
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


def sent_files(sent: list[FileStorage]) -> list[tuple[str, BinaryIO]]:
    """The files of a request that really are some; browsers send an empty one for an empty field."""
    return [(item.filename, item.stream) for item in sent if item and item.filename]  # type: ignore[misc]


def seen_version(text: str | None) -> int:
    """The version of a thing that a page showed.

    Raises:
        Stale: there is none. A page always knows the state that it shows.
    """
    seen = text or ""
    if not (seen.isdecimal() and len(seen) < LONGEST_NUMBER):
        raise Stale
    return int(seen)


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


def statement_field(label: LazyString) -> TextAreaField:
    """What is stated, in the words of whoever files."""
    return TextAreaField(
        label,
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


def consent_field(label: LazyString, missing: LazyString) -> BooleanField:
    """The assurance without which nothing is taken; ``missing`` says so."""
    return BooleanField(label, validators=[DataRequired(missing)], false_values=("", "false", "n", "0"))


class IdentityPart(FlaskForm):
    """Who files."""

    name = StringField(
        _l("Your name"),
        filters=[tidy],
        validators=[DataRequired(_l("Please enter your name.")), Length(max=100), ReadableText()],
        render_kw={"autocomplete": "name"},
    )
    id_type = SelectField(_l("Identity document"), choices=choices(ID_TYPE_LABELS), default=IdType.RESIDENT_ID)
    id_number = StringField(
        _l("Number of the document"),
        validators=[DataRequired(_l("Please enter the number of your document."))],
        # A borrowed phone must not offer it to the next person.
        render_kw={"autocomplete": "off"},
    )
    contact = StringField(
        _l("Contact person"),
        filters=[tidy],
        validators=[Length(max=100), ReadableText()],
        render_kw={"autocomplete": "off"},
    )
    phone = TelField(_l("Mobile number"), filters=[tidy], render_kw={"autocomplete": "tel", "inputmode": "tel"})
    email = EmailField(
        _l("E-mail"),
        filters=[tidy],
        validators=[Optional(), Email(_l("The e-mail address is not valid.")), Length(max=254)],
        render_kw={"autocomplete": "email"},
    )
    address = StringField(
        _l("Address"), filters=[tidy], validators=[Length(max=300)], render_kw={"autocomplete": "street-address"}
    )
    notify = BooleanField(_l("Tell me by message when something changes"), false_values=("", "false", "n", "0"))

    @property
    def identity(self) -> Identity:
        """Who files, as stated."""
        return Identity(
            name=self.name.data or "",
            id_type=IdType(self.id_type.data),
            id_number=self.id_number.data or "",
            phone=self.phone.data or "",
            email=self.email.data or "",
            address=self.address.data or "",
            contact=self.contact.data or "",
        )

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


class FilingForm(IdentityPart):
    """A filing in one piece. It carries no authority of its own, so it needs no session and no CSRF token."""

    class Meta:
        """The form's own settings."""

        csrf: ClassVar[bool] = False

    #: Fields of the feature that stand before those of every filing.
    FIRST: ClassVar[tuple[str, ...]] = ()

    statement = statement_field(_l("Statement"))
    evidence = MultipleFileField(_l("Supporting material"))
    consent = consent_field(
        _l(
            "I assure that what I state and submit is true, and I agree that my personal information is used to verify it."
        ),
        _l("Please confirm this, or the complaint cannot be taken."),
    )
    filing_token = HiddenField()

    @property
    def content(self) -> Content:
        """What was filed, in the language of the page."""
        return Content(
            statement=self.statement.data or "",
            identity=self.identity,
            language=current_language(),
            notify=self.notify.data,
            files=sent_files(self.evidence.data or []),
        )

    def __iter__(self) -> Iterator[Field]:
        """The fields in the order in which the page asks for them."""
        first = [self._fields[name] for name in self.FIRST]
        return iter([*first, *(field for name, field in self._fields.items() if name not in self.FIRST)])

    def validate_evidence(self, field: Field) -> None:
        """At least one file, and no more of them, nor more together, than announced."""
        files = [file for file in field.data or [] if file and getattr(file, "filename", "")]
        if not files:
            raise ValidationError(_l("Please choose at least one file as supporting material."))
        sizes = [file.stream.seek(0, os.SEEK_END) for file in files]
        for file in files:
            file.stream.seek(0)
        if (why := excess(sizes[:-1], sizes[-1])) is not None:
            raise ValidationError(why)


class StatusForm(FlaskForm):
    """Receipt number and secret. They are the key themselves, so there is nothing for a forged request to abuse."""

    class Meta:
        """The form's own settings."""

        csrf: ClassVar[bool] = False

    receipt = StringField(
        _l("Receipt number"), validators=[DataRequired(REQUIRED), Length(max=60)], render_kw={"autocomplete": "off"}
    )
    secret = StringField(
        _l("Secret"), validators=[DataRequired(REQUIRED), Length(max=80)], render_kw={"autocomplete": "off"}
    )


class ReplyForm(FlaskForm):
    """A message and files of whoever filed, on a page that knows the filing."""

    text = TextAreaField(_l("Message"), filters=[tidy], validators=[Length(max=MESSAGE_LONGEST), ReadableText()])
    evidence = MultipleFileField(_l("Supporting material"))


class IdentityForm(FlaskForm):
    """Why an identity must be opened."""

    reason = TextAreaField(_l("Reason"), filters=[tidy], validators=[DataRequired(REQUIRED), Length(max=500)])
