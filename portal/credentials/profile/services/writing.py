"""The unit's use cases: begin, write, add, take away, submit, take back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import BinaryIO, TypeVar

from sqlalchemy import func, select

from portal.authorities.models import Person
from portal.content.rules import REQUIRED
from portal.credentials.profile import files, queries
from portal.credentials.profile.models import ProfileFigure, ProfileFile, UnitProfile
from portal.credentials.profile.rules import (
    MOST_FIGURES,
    MOST_PICTURES,
    MOST_REPORTS,
    THERE_ALREADY,
    TOO_MANY,
    FileKind,
    ProfileState,
    StatedFigure,
    Texts,
    checked,
    require_substance,
)
from portal.credentials.profile.services.versions import NotNow, alone, editable, record, require_member, require_seen
from portal.foundation import clock
from portal.foundation.database import db, transaction
from portal.foundation.errors import Invalid, NotFound
from portal.foundation.languages import Localized
from portal.register.models import Unit

T = TypeVar("T", ProfileFigure, ProfileFile)
MOST_FILES = {FileKind.REPORT: MOST_REPORTS, FileKind.PICTURE: MOST_PICTURES}
KEEPERS: dict[FileKind, Callable[[BinaryIO, str], files.KeptFile]] = {
    FileKind.REPORT: files.keep_report,
    FileKind.PICTURE: files.keep_picture,
}


def start(unit: Unit, *, by: Person) -> UnitProfile:
    """The version that the unit works on; a new one begins with what is published. That stays public meanwhile."""
    with transaction():
        require_member(unit, by)
        alone(unit.id)
        found = queries.open_version(unit.id)
        if found is not None:
            return found
        made = UnitProfile(unit_id=unit.id, state=ProfileState.DRAFT)
        made.texts = Texts()
        public = queries.published_version(unit.id)
        if public is not None:
            _copy(public, made)
        db.session.add(made)
        db.session.flush()
        record("started", made, by)
    return made


def write(unit: Unit, texts: Texts, *, seen: int, by: Person) -> UnitProfile:
    """Keep what the unit writes about itself.

    Raises:
        NotNow: there is nothing to write in now.
        Stale: a colleague wrote meanwhile.
    """
    with transaction():
        profile = editable(unit, by)
        require_seen(profile, seen)
        profile.texts = texts
        _touched(profile)
        record("written", profile, by)
    return profile


def add_figure(unit: Unit, stated: StatedFigure, *, by: Person) -> ProfileFigure:
    """State a figure of a year.

    Raises:
        NotNow: there is nothing to write in now.
        Invalid: it is not plausible, stands there already, or there are too many.
    """
    with transaction():
        profile = editable(unit, by)
        figure = checked(stated, this_year=clock.today().year)
        if len(profile.figures) >= MOST_FIGURES:
            raise Invalid({"value": TOO_MANY})
        named = figure.name.zh or figure.name.bo
        series = f"{figure.measure}|{figure.unit}|{named}"
        if any((item.series, item.year) == (series, figure.year) for item in profile.figures):
            raise Invalid({"year": THERE_ALREADY})
        made = ProfileFigure(
            measure=figure.measure,
            name=figure.name,
            unit=figure.unit,
            series=series,
            year=figure.year,
            value=figure.value,
            source=figure.source,
        )
        profile.figures.append(made)
        _touched(profile)
        record("figure_added", profile, by)
    return made


def drop_figure(unit: Unit, figure_id: int, *, by: Person) -> None:
    """Take a figure away.

    Raises:
        NotNow, NotFound: there is nothing to write in now, or no such figure in it.
    """
    with transaction():
        profile = editable(unit, by)
        profile.figures.remove(_its_own(profile.figures, figure_id))
        _touched(profile)
        record("figure_dropped", profile, by)


def add_file(
    unit: Unit, kind: FileKind, file: tuple[str, BinaryIO], title: Localized, year: int | None, *, by: Person
) -> ProfileFile:
    """Add a report of a year or a picture.

    Raises:
        NotNow: there is nothing to write in now.
        Invalid: the file or its title is not taken, or there are too many; nothing is kept.
    """
    name, stream = file
    _require_room(editable(unit, by), kind, title)
    # Drawing takes a while; nobody else waits for it.
    kept = KEEPERS[kind](stream, name)
    try:
        with transaction():
            profile = editable(unit, by)
            _require_room(profile, kind, title)
            made = ProfileFile(kind=kind, title=title, year=year, **vars(kept))
            profile.files.append(made)
            _touched(profile)
            record("file_added", profile, by, kind=str(kind))
    except BaseException:
        files.forget(kept.store_key)
        raise
    return made


def drop_file(unit: Unit, file_id: int, *, by: Person) -> None:
    """Take a file away; what is published keeps it.

    Raises:
        NotNow, NotFound: there is nothing to write in now, or no such file in it.
    """
    with transaction():
        profile = editable(unit, by)
        found = _its_own(profile.files, file_id)
        key = found.store_key
        profile.files.remove(found)
        _touched(profile)
        db.session.flush()
        others = db.session.scalar(select(func.count()).where(ProfileFile.store_key == key)) or 0
        record("file_dropped", profile, by)
    if not others:
        files.forget(key)


def _its_own(things: Sequence[T], number: int) -> T:
    found = next((item for item in things if item.id == number), None)
    if found is None:
        raise NotFound
    return found


def submit(unit: Unit, *, seen: int, by: Person) -> UnitProfile:
    """Hand the version to the authority.

    Raises:
        NotNow, Stale: there is nothing to submit, or a colleague wrote meanwhile.
        Invalid: it says nothing yet.
    """
    with transaction():
        profile = editable(unit, by)
        require_seen(profile, seen)
        require_substance(profile.texts)
        profile.state, profile.reason = ProfileState.SUBMITTED, ""
        profile.submitted_at, profile.submitted_by_id = clock.now(), by.id
        record("submitted", profile, by)
    return profile


def take_back(unit: Unit, *, by: Person) -> UnitProfile:
    """Go on writing before the authority has decided.

    Raises:
        NotNow: nothing waits for a decision.
    """
    with transaction():
        require_member(unit, by)
        alone(unit.id)
        profile = queries.open_version(unit.id)
        if profile is None or profile.state is not ProfileState.SUBMITTED:
            raise NotNow
        profile.state = ProfileState.DRAFT
        record("taken_back", profile, by)
    return profile


def _copy(source: UnitProfile, target: UnitProfile) -> None:
    target.texts = source.texts
    for kind, things in ((ProfileFigure, source.figures), (ProfileFile, source.files)):
        columns = [column.key for column in kind.__table__.columns if column.key not in {"id", "profile_id"}]
        copies = [kind(**{name: getattr(thing, name) for name in columns}) for thing in things]
        (target.figures if kind is ProfileFigure else target.files).extend(copies)  # type: ignore[arg-type]


def _require_room(profile: UnitProfile, kind: FileKind, title: Localized) -> None:
    if not title:
        raise Invalid({"title_zh": REQUIRED})
    if sum(item.kind is kind for item in profile.files) >= MOST_FILES[kind]:
        raise Invalid({"file": TOO_MANY})


def _touched(profile: UnitProfile) -> None:
    """A change of what belongs to a version is a change of the version."""
    profile.updated_at = clock.now()
