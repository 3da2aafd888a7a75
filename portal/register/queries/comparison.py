"""Two days of the register side by side: what came, what went, who bears another name or stands elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from portal.foundation import clock
from portal.register import replay
from portal.register.queries.selection import Scope, past_day
from portal.register.rules import EntryStatus
from portal.register.standing import StandingEntry, StandingUnit


@dataclass(frozen=True)
class Comparison:
    """What differs between the ends of two days. Renamed and moved units stood on the lists of both."""

    earlier: date
    later: date
    added: tuple[StandingEntry, ...]
    removed: tuple[StandingEntry, ...]
    renamed: tuple[tuple[StandingUnit, StandingUnit], ...]
    moved: tuple[tuple[StandingUnit, StandingUnit], ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not (self.added or self.removed or self.renamed or self.moved)


def compare(earlier: date, later: date, scope: Scope = Scope.REGION) -> Comparison:
    """The lists at the ends of two days; the order of the days does not matter."""
    earlier, later = sorted((earlier, later))
    before, after = _on_lists(earlier, scope), _on_lists(later, scope)
    units_before = {entry.unit.id: entry.unit for entry in before.values()}
    pairs = [
        (units_before[unit.id], unit)
        for unit in {entry.unit.id: entry.unit for entry in after.values()}.values()
        if unit.id in units_before
    ]
    return Comparison(
        earlier,
        later,
        added=_in_order(after, before),
        # As they are now: the day and the ground of the removal are the later day's.
        removed=tuple(replay.as_of(later).entries.get(item.id, item) for item in _in_order(before, after)),
        renamed=tuple((then, now) for then, now in pairs if then.name_key != now.name_key),
        moved=tuple((then, now) for then, now in pairs if then.authority_id != now.authority_id),
    )


def compared_day(text: str) -> date | None:
    """The day of an address: ``2025-07-31``, or ``2024`` for the end of that year; None for none that has come."""
    if len(text) == len("2024"):
        year_end = past_day(f"{text}-12-31")
        this_year = text == str(clock.today().year)
        return clock.today() if this_year else year_end
    return past_day(text)


def a_year_before(day: date) -> date:
    """The end of the year before a day's."""
    return date(day.year, 1, 1) - timedelta(days=1)


def _on_lists(day: date, scope: Scope) -> Mapping[int, StandingEntry]:
    return {
        number: entry
        for number, entry in replay.as_of(day).entries.items()
        if entry.status is not EntryStatus.REMOVED and (scope is Scope.ALL or entry.unit.in_region)
    }


def _in_order(these: Mapping[int, StandingEntry], without: Mapping[int, StandingEntry]) -> tuple[StandingEntry, ...]:
    new = [entry for number, entry in these.items() if number not in without]
    return tuple(sorted(new, key=lambda entry: (-entry.year, entry.unit.name_sound, entry.id)))
