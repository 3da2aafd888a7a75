"""Forms of the documents desk."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, DateField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional
from wtforms.widgets import HiddenInput

from portal.authorities.models import Authority
from portal.content.models import Document
from portal.content.rules import (
    BODY_LENGTH,
    NOTE_LENGTH,
    NUMBER_LENGTH,
    REQUIRED,
    SLUG_LENGTH,
    SOURCE_LENGTH,
    SUMMARY_LENGTH,
    TITLE_LENGTH,
    TYPE_LABELS,
    DocumentContent,
    DocumentType,
)
from portal.foundation.choices import choice, choices
from portal.foundation.languages import Language, Localized

TEXTS = ("title", "summary", "body")
TITLE, SUMMARY, BODY = _l("Title"), _l("Summary"), _l("Body")


class DocumentForm(FlaskForm):
    """A document's texts in three languages and what stands around them."""

    version = IntegerField(widget=HiddenInput(), validators=[Optional()])
    type = SelectField(
        _l("Type"),
        choices=choices(TYPE_LABELS),
        validators=[DataRequired(REQUIRED)],
    )
    authority = SelectField(_l("Issued by"), validators=[DataRequired(REQUIRED)])
    number = StringField(_l("Document number"), validators=[Length(max=NUMBER_LENGTH)])
    published_on = DateField(_l("Date of issue"), validators=[Optional()])
    source = StringField(_l("Source"), validators=[Length(max=SOURCE_LENGTH)])
    slug = StringField(_l("Name in the address"), validators=[Length(max=SLUG_LENGTH)])
    is_sample = BooleanField(_l("Sample"))
    title_zh = StringField(TITLE, validators=[Length(max=TITLE_LENGTH)])
    title_bo = StringField(TITLE, validators=[Length(max=TITLE_LENGTH)])
    title_en = StringField(TITLE, validators=[Length(max=TITLE_LENGTH)])
    summary_zh = TextAreaField(SUMMARY, validators=[Length(max=SUMMARY_LENGTH)])
    summary_bo = TextAreaField(SUMMARY, validators=[Length(max=SUMMARY_LENGTH)])
    summary_en = TextAreaField(SUMMARY, validators=[Length(max=SUMMARY_LENGTH)])
    body_zh = TextAreaField(BODY, validators=[Length(max=BODY_LENGTH)])
    body_bo = TextAreaField(BODY, validators=[Length(max=BODY_LENGTH)])
    body_en = TextAreaField(BODY, validators=[Length(max=BODY_LENGTH)])

    def offer(self, authorities: Iterable[Authority]) -> None:
        """The authorities in whose name the editor may write."""
        self.authority.choices = [choice(authority.code, str(authority.name)) for authority in authorities]

    def content(self) -> DocumentContent:
        """What was entered."""
        return DocumentContent(
            type=DocumentType(self.type.data),
            number=self.number.data or "",
            source=self.source.data or "",
            published_on=self.published_on.data,
            slug=self.slug.data or "",
            is_sample=bool(self.is_sample.data),
            **{name: self._localized(name) for name in TEXTS},
        )

    def _localized(self, name: str) -> Localized:
        return Localized(**{language: self[f"{name}_{language}"].data or "" for language in Language})


def form_data(document: Document) -> dict[str, object]:
    """A document as the form shows it."""
    texts = {
        f"{name}_{language}": getattr(getattr(document, name), language) for name in TEXTS for language in Language
    }
    return texts | {
        "version": document.version,
        "type": str(document.type),
        "authority": document.authority.code,
        "number": document.number,
        "published_on": document.published_on,
        "source": document.source,
        "slug": document.slug,
        "is_sample": document.is_sample,
    }


class ActForm(FlaskForm):
    """One act at the desk: the version that was seen, and a note."""

    version = HiddenField()
    note = TextAreaField(_l("Note"), validators=[Length(max=NOTE_LENGTH)])

    @property
    def seen(self) -> int:
        """The version that the person saw; one that nothing has where the field is missing."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() else -1


class AttachmentForm(ActForm):
    """Files to add."""

    file = MultipleFileField(_l("Choose files"))
