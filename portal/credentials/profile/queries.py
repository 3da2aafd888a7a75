"""Reads of profiles."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from portal.authorities.models import Person
from portal.credentials.profile.models import ProfileFigure, ProfileFile, UnitProfile
from portal.credentials.profile.rules import OPEN, SECTION_LABELS, Measure, ProfileState
from portal.credentials.queries import of_authority
from portal.foundation import charts
from portal.foundation.charts import Chart
from portal.foundation.database import db
from portal.foundation.errors import NotFound
from portal.foundation.languages import Localized

PER_PAGE = 24
#: Years that a drawing has room for; the table has them all.
MOST_DRAWN = 10


@dataclass(frozen=True)
class Series:
    """One figure through the years, oldest first, with its drawing; None where one year alone makes no trend."""

    id: int
    measure: Measure
    name: Localized
    unit: str
    figures: Sequence[ProfileFigure]
    chart: Chart | None


def open_version(unit_id: int) -> UnitProfile | None:
    """The version that the unit works on or that is being reviewed."""
    return _first(select(UnitProfile).where(UnitProfile.unit_id == unit_id, UnitProfile.state.in_(OPEN)))


def published_version(unit_id: int) -> UnitProfile | None:
    """The version that anyone may see."""
    query = select(UnitProfile).where(UnitProfile.unit_id == unit_id, UnitProfile.state == ProfileState.PUBLISHED)
    return _first(query)


def published(page: int) -> Pagination:
    """The published profiles, the newest first."""
    query = select(UnitProfile).where(UnitProfile.state == ProfileState.PUBLISHED)
    query = query.options(selectinload(UnitProfile.files)).order_by(
        UnitProfile.decided_at.desc(), UnitProfile.id.desc()
    )
    return db.paginate(query, page=page, per_page=PER_PAGE, error_out=False)


def public_file(file_id: int) -> ProfileFile:
    """A file of a published profile.

    Raises:
        NotFound: there is none, or its profile is not public.
    """
    query = select(ProfileFile).join(ProfileFile.profile)
    return _file(query.where(ProfileFile.id == file_id, UnitProfile.state == ProfileState.PUBLISHED))


def file_of(profile: UnitProfile, file_id: int) -> ProfileFile:
    """A file of a profile that the caller has found for this reader.

    Raises:
        NotFound: it has no such file.
    """
    return _file(select(ProfileFile).where(ProfileFile.id == file_id, ProfileFile.profile_id == profile.id))


def file_of_unit(unit_id: int, file_id: int) -> ProfileFile:
    """A file of any version of a unit's profile, for the unit itself.

    Raises:
        NotFound: there is none.
    """
    query = select(ProfileFile).join(ProfileFile.profile)
    return _file(query.where(ProfileFile.id == file_id, UnitProfile.unit_id == unit_id))


def profiles(person: Person, state: ProfileState | None, page: int) -> Pagination:
    """What a person at the desk may see, what waits first; drafts are the unit's own business."""
    query = _profiles_of(person).order_by(UnitProfile.state != ProfileState.SUBMITTED, UnitProfile.id.desc())
    if state is not None:
        query = query.where(UnitProfile.state == state)
    return db.paginate(query, page=page, per_page=PER_PAGE, error_out=False)


def profile(profile_id: int, person: Person) -> UnitProfile:
    """One version for a person at the desk.

    Raises:
        NotFound: it is not there, is a draft, or belongs to another authority.
    """
    found = _first(_profiles_of(person).where(UnitProfile.id == profile_id))
    if found is None:
        raise NotFound
    return found


def waiting(person: Person) -> int:
    """How many versions wait for a person."""
    query = _profiles_of(person).where(UnitProfile.state == ProfileState.SUBMITTED)
    return db.session.scalar(select(func.count()).select_from(query.with_only_columns(UnitProfile.id).subquery())) or 0


def series_of(profile: UnitProfile) -> list[Series]:
    """The figures of a profile, each thing through its years, in the order of what they measure."""
    parted: dict[str, list[ProfileFigure]] = {}
    for figure in profile.figures:
        parted.setdefault(figure.series, []).append(figure)
    order = list(Measure)
    found = []
    for figures in parted.values():
        figures.sort(key=lambda item: item.year)
        last = figures[-1]
        found.append(Series(last.id, last.measure, last.name, last.unit, figures, _drawn(figures)))
    return sorted(found, key=lambda item: order.index(item.measure))


def words_of(units: Collection[int] | None) -> Mapping[int, str]:
    """What the published profiles say in all languages, by unit; of some units, or of all."""
    query = select(UnitProfile).where(UnitProfile.state == ProfileState.PUBLISHED)
    if units is not None:
        query = query.where(UnitProfile.unit_id.in_(units))
    return {item.unit_id: "\n".join(_texts(item)) for item in db.session.scalars(query).unique()}


def _texts(profile: UnitProfile) -> Iterable[str]:
    for name in ("title", *SECTION_LABELS):
        yield from getattr(profile, name).as_dict().values()


def _drawn(figures: Sequence[ProfileFigure]) -> Chart | None:
    last = figures[-1].year
    by_year = {figure.year: figure for figure in figures if figure.year > last - MOST_DRAWN}
    # One point is no trend.
    if len(by_year) < 2:
        return None
    years = range(min(by_year), last + 1)
    shown = [by_year.get(year) for year in years]
    numbers = [figure.number if figure else None for figure in shown]
    return charts.trend([str(year) for year in years], numbers, [figure.words if figure else "" for figure in shown])


def _profiles_of(person: Person) -> Select[UnitProfile]:
    query = select(UnitProfile).join(UnitProfile.unit).where(UnitProfile.state != ProfileState.DRAFT)
    return of_authority(query, person)


def _first(query: Select[UnitProfile]) -> UnitProfile | None:
    return db.session.scalars(query.order_by(UnitProfile.id.desc()).limit(1)).unique().one_or_none()


def _file(query: Select[ProfileFile]) -> ProfileFile:
    found = db.session.scalars(query).unique().one_or_none()
    if found is None:
        raise NotFound
    return found
