"""Use cases of profiles: write, show, submit, publish, return, withdraw."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from portal.authorities import services as authorities
from portal.authorities.models import Person
from portal.authorities.rules import Permission
from portal.content.rules import REQUIRED
from portal.credentials.members import queries as members
from portal.credentials.profile import files, queries
from portal.credentials.profile.models import ProfileFigure, ProfileFile, UnitProfile
from portal.credentials.profile.rules import (
    MOST_FIGURES,
    MOST_PICTURES,
    MOST_REPORTS,
    REASON_NEEDED,
    THERE_ALREADY,
    TOO_MANY,
    FileKind,
    ProfileState,
    StatedFigure,
    Texts,
    checked,
    require_substance,
)
from portal.foundation import audit, clock, outbox
from portal.foundation.database import db, transaction
from portal.foundation.errors import DomainError, Invalid, NotFound, NotPermitted, Stale
from portal.foundation.languages import Localized
from portal.register.models import Unit
from portal.search import mark_changed

DECIDED = "showcase.decided"
MOST_FILES = {FileKind.REPORT: MOST_REPORTS, FileKind.PICTURE: MOST_PICTURES}
KEEPERS: dict[FileKind, Callable[[BinaryIO, str], files.KeptFile]] = {
    FileKind.REPORT: files.keep_report,
    FileKind.PICTURE: files.keep_picture,
}


class NotNow(DomainError):
    """The version is with the authority, or was decided meanwhile."""

    status = 409


class OwnProfile(NotPermitted):
    """Nobody of the enterprise decides what it shows."""

    message = _l("Nobody decides on the profile of a unit that they belong to.")


def start(unit: Unit, *, by: Person) -> UnitProfile:
    """The version that the unit works on; a new one begins with what is published. That stays public meanwhile."""
    with transaction():
        _require_member(unit, by)
        _alone(unit.id)
        found = queries.open_version(unit.id)
        if found is not None:
            return found
        made = UnitProfile(unit_id=unit.id, state=ProfileState.DRAFT)
        made.title = made.technologies = made.practices = made.disclosures = Localized()
        public = queries.published_version(unit.id)
        if public is not None:
            _copy(public, made)
        db.session.add(made)
        db.session.flush()
        _record("started", made, by)
    return made


def write(unit: Unit, texts: Texts, *, seen: int, by: Person) -> UnitProfile:
    """Keep what the unit writes about itself.

    Raises:
        NotNow: there is nothing to write in now.
        Stale: a colleague wrote meanwhile.
    """
    with transaction():
        profile = _editable(unit, by)
        _require_seen(profile, seen)
        profile.title, profile.technologies = texts.title, texts.technologies
        profile.practices, profile.disclosures = texts.practices, texts.disclosures
        _touched(profile)
        _record("written", profile, by)
    return profile


def add_figure(unit: Unit, stated: StatedFigure, *, by: Person) -> ProfileFigure:
    """State a figure of a year.

    Raises:
        NotNow: there is nothing to write in now.
        Invalid: it is not plausible, stands there already, or there are too many.
    """
    with transaction():
        profile = _editable(unit, by)
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
        _record("figure_added", profile, by)
    return made


def drop_figure(unit: Unit, figure_id: int, *, by: Person) -> None:
    """Take a figure away.

    Raises:
        NotNow, NotFound: there is nothing to write in now, or no such figure in it.
    """
    with transaction():
        profile = _editable(unit, by)
        found = next((item for item in profile.figures if item.id == figure_id), None)
        if found is None:
            raise NotFound
        profile.figures.remove(found)
        _touched(profile)
        _record("figure_dropped", profile, by)


def add_file(
    unit: Unit, kind: FileKind, file: tuple[str, BinaryIO], title: Localized, year: int | None, *, by: Person
) -> ProfileFile:
    """Add a report of a year or a picture.

    Raises:
        NotNow: there is nothing to write in now.
        Invalid: the file or its title is not taken, or there are too many; nothing is kept.
    """
    name, stream = file
    _require_room(_editable(unit, by), kind, title)
    # Drawing takes a while; nobody else waits for it.
    kept = KEEPERS[kind](stream, name)
    try:
        with transaction():
            profile = _editable(unit, by)
            _require_room(profile, kind, title)
            made = ProfileFile(kind=kind, title=title, year=year, **vars(kept))
            profile.files.append(made)
            _touched(profile)
            _record("file_added", profile, by, kind=str(kind))
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
        profile = _editable(unit, by)
        found = next((item for item in profile.files if item.id == file_id), None)
        if found is None:
            raise NotFound
        key = found.store_key
        profile.files.remove(found)
        _touched(profile)
        db.session.flush()
        others = db.session.scalar(select(func.count()).where(ProfileFile.store_key == key)) or 0
        _record("file_dropped", profile, by)
    if not others:
        files.forget(key)


def submit(unit: Unit, *, seen: int, by: Person) -> UnitProfile:
    """Hand the version to the authority.

    Raises:
        NotNow, Stale: there is nothing to submit, or a colleague wrote meanwhile.
        Invalid: it says nothing yet.
    """
    with transaction():
        profile = _editable(unit, by)
        _require_seen(profile, seen)
        require_substance(profile.texts)
        profile.state, profile.reason = ProfileState.SUBMITTED, ""
        profile.submitted_at, profile.submitted_by_id = clock.now(), by.id
        _record("submitted", profile, by)
    return profile


def take_back(unit: Unit, *, by: Person) -> UnitProfile:
    """Go on writing before the authority has decided.

    Raises:
        NotNow: nothing waits for a decision.
    """
    with transaction():
        _require_member(unit, by)
        _alone(unit.id)
        profile = queries.open_version(unit.id)
        if profile is None or profile.state is not ProfileState.SUBMITTED:
            raise NotNow
        profile.state = ProfileState.DRAFT
        _record("taken_back", profile, by)
    return profile


def publish(profile_id: int, *, seen: int, by: Person) -> UnitProfile:
    """Make a version public in place of the one before.

    Raises:
        NotFound, NotPermitted: it is not this person's to decide.
        NotNow, Stale: it does not wait any more, or it was changed.
    """
    with transaction():
        profile = _to_decide(profile_id, by, ProfileState.SUBMITTED, seen)
        before = queries.published_version(profile.unit_id)
        if before is not None:
            before.state = ProfileState.SUPERSEDED
            db.session.flush()
        _decide(profile, ProfileState.PUBLISHED, "", by)
    return profile


def send_back(profile_id: int, reason: str, *, seen: int, by: Person) -> UnitProfile:
    """Return a version to the unit with what has to be changed. What is public stays public.

    Raises:
        NotFound, NotPermitted, NotNow, Stale: as in :func:`publish`.
        Invalid: without a reason.
    """
    with transaction():
        profile = _to_decide(profile_id, by, ProfileState.SUBMITTED, seen)
        _decide(profile, ProfileState.RETURNED, _reason(reason), by)
    return profile


def withdraw(profile_id: int, reason: str, *, seen: int, by: Person) -> UnitProfile:
    """Take a published version from the public pages.

    Raises:
        NotFound, NotPermitted, NotNow, Stale: as in :func:`publish`.
        Invalid: without a reason.
    """
    with transaction():
        profile = _to_decide(profile_id, by, ProfileState.PUBLISHED, seen)
        _decide(profile, ProfileState.WITHDRAWN, _reason(reason), by)
    return profile


def _to_decide(profile_id: int, by: Person, state: ProfileState, seen: int) -> UnitProfile:
    profile = queries.profile(profile_id, by)
    authorities.require(by, Permission.CONFIRM_UNITS, profile.unit.authority_id)
    if any(item.person_id == by.id for item in members.members(profile.unit)):
        raise OwnProfile
    _alone(profile.unit_id)
    db.session.refresh(profile, ["state", "version"])
    if profile.state is not state:
        raise NotNow
    _require_seen(profile, seen)
    return profile


def _decide(profile: UnitProfile, state: ProfileState, reason: str, by: Person) -> None:
    profile.state, profile.reason = state, reason
    profile.decided_at, profile.decided_by_id = clock.now(), by.id
    db.session.flush()
    outbox.put(DECIDED, f"profile:{profile.id}", {"state": str(state)})
    mark_changed(f"unit:{profile.unit.public_id}")
    _record(str(state), profile, by)


def _reason(text: str) -> str:
    if not text.strip():
        raise Invalid({"reason": REASON_NEEDED})
    return text.strip()


def _copy(source: UnitProfile, target: UnitProfile) -> None:
    target.title, target.technologies = source.title, source.technologies
    target.practices, target.disclosures = source.practices, source.disclosures
    for kind, things in ((ProfileFigure, source.figures), (ProfileFile, source.files)):
        columns = [column.key for column in kind.__table__.columns if column.key not in {"id", "profile_id"}]
        copies = [kind(**{name: getattr(thing, name) for name in columns}) for thing in things]
        (target.figures if kind is ProfileFigure else target.files).extend(copies)  # type: ignore[arg-type]


def _require_member(unit: Unit, by: Person) -> None:
    members.membership(by, unit.public_id)


def _alone(unit_id: int) -> None:
    """Let nobody else begin or decide a version of this unit until this is done."""
    db.session.execute(select(Unit.id).where(Unit.id == unit_id).with_for_update())


def _editable(unit: Unit, by: Person) -> UnitProfile:
    _require_member(unit, by)
    profile = queries.open_version(unit.id)
    if profile is None or not profile.is_editable:
        raise NotNow
    return profile


def _require_room(profile: UnitProfile, kind: FileKind, title: Localized) -> None:
    if not title:
        raise Invalid({"title_zh": REQUIRED})
    if sum(item.kind is kind for item in profile.files) >= MOST_FILES[kind]:
        raise Invalid({"file": TOO_MANY})


def _require_seen(profile: UnitProfile, seen: int) -> None:
    if profile.version != seen:
        raise Stale


def _touched(profile: UnitProfile) -> None:
    """A change of what belongs to a version is a change of the version."""
    profile.updated_at = clock.now()


def _record(act: str, profile: UnitProfile, by: Person, **facts: str) -> None:
    audit.record(f"credentials.profile.{act}", f"profile:{profile.id}", by.actor, {"unit": profile.unit_id, **facts})
