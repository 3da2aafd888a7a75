"""Forms of the desk of removals and changes."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, DateField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from portal.authorities.models import Authority
from portal.foundation.choices import choice, choices
from portal.register.changes.rules import (
    KIND_LABELS,
    NOTE_LENGTH,
    REFERENCE_LENGTH,
    TIMING_LABELS,
    Change,
    ChangeKind,
    Removal,
    Timing,
)
from portal.register.forms import NONE
from portal.register.models import NAME_LENGTH, ListEntry
from portal.register.rules import REMOVAL_LABELS, RemovalGround

YES, NO = "yes", "no"


class SeenForm(FlaskForm):
    """Any act upon something with a version."""

    version = HiddenField()

    @property
    def seen(self) -> int:
        """The version that the person saw; one that nothing has where the field is missing."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() else -1


class RemovalForm(FlaskForm):
    """A removal: which entries, why, and when. The entries are check boxes of the page, not of the form."""

    entries = HiddenField(_l("List entries"))
    timing = SelectField(_l("When"), choices=choices(TIMING_LABELS))
    ground = SelectField(_l("Ground"), choices=[NONE, *choices(REMOVAL_LABELS)])
    note = TextAreaField(_l("Findings and evidence"), validators=[Length(max=NOTE_LENGTH)])
    ends_national = BooleanField(_l("The announcement ends entries of the national list as well"))

    def removal(self, chosen: Iterable[int]) -> Removal:
        """What was entered."""
        return Removal(
            entries=tuple(chosen),
            ground=RemovalGround(self.ground.data) if self.ground.data else None,
            timing=Timing(self.timing.data),
            note=self.note.data or "",
            ends_national=bool(self.ends_national.data),
        )


class ChangeForm(SeenForm):
    """What a unit states."""

    kind = SelectField(_l("Change"), choices=choices(KIND_LABELS))
    happened_on = DateField(_l("Date of the change"), validators=[Optional()])
    new_name = StringField(_l("New name"), validators=[Length(max=NAME_LENGTH)])
    new_name_bo = StringField(_l("Tibetan name"), validators=[Length(max=400)])
    authority = SelectField(_l("New authority"))
    text = TextAreaField(_l("Explanation of the unit"), validators=[Length(max=NOTE_LENGTH)])
    file = MultipleFileField(_l("Supporting material"))

    def offer(self, authorities: Iterable[Authority]) -> None:
        """The authorities to which a unit may move."""
        self.authority.choices = [NONE, *(choice(item.code, str(item.name)) for item in authorities)]

    def change(self) -> Change:
        """What was entered."""
        return Change(
            kind=ChangeKind(self.kind.data),
            happened_on=self.happened_on.data,
            text=self.text.data or "",
            new_name=self.new_name.data or "",
            new_name_bo=self.new_name_bo.data or "",
            authority=self.authority.data or "",
        )


class ChangeActForm(SeenForm):
    """Confirm, reject or withdraw."""

    qualifies = RadioField(
        _l("Does the unit still meet the standard?"),
        choices=[choice(YES, _l("Yes, it stays on the lists")), choice(NO, _l("No, it leaves the lists"))],
        validators=[Optional()],
    )
    note = TextAreaField(_l("Note"), validators=[Length(max=NOTE_LENGTH)])

    @property
    def finding(self) -> bool | None:
        """What was found; None where nothing was chosen."""
        return {YES: True, NO: False}.get(self.qualifies.data or "")


class ReasonForm(SeenForm):
    """Why a decision or a draft is taken back."""

    reason = TextAreaField(_l("Reason"), validators=[Length(max=NOTE_LENGTH)])


class ToldForm(SeenForm):
    """That the ministry was told."""

    told_on = DateField(_l("Told on"), validators=[Optional()])
    reference = StringField(_l("Letter or platform entry"), validators=[Length(max=REFERENCE_LENGTH)])


def seen_entries(values: Iterable[str]) -> tuple[list[int], dict[int, int]]:
    """The chosen entries and the versions that the person saw, from check boxes such as ``12:3``."""
    seen: dict[int, int] = {}
    for text in values:
        number, _colon, version = text.partition(":")
        if number.isascii() and number.isdigit() and version.isascii() and version.isdigit() and len(text) < 20:
            seen[int(number)] = int(version)
    return list(seen), seen


def entry_mark(entry: ListEntry) -> str:
    """An entry as a check box carries it."""
    return f"{entry.id}:{entry.version}"
