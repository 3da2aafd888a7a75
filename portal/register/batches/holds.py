"""What stands against a candidate: a registry that objections, and whatever else may hold one back, fill."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flask import Flask, current_app
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.foundation import clock
from portal.register.batches import queries
from portal.register.batches.models import Candidate
from portal.register.batches.rules import Hold, HoldKind, Lack

_KEY = "portal.register.batches.holds"
Source = Callable[[Sequence[Candidate]], Mapping[int, Sequence[Hold]]]

#: What the announcement says of a candidate against whom something came to light after its publicity began.
UNDER_EXAMINATION: LazyString = _l("Under examination")


def add_holds(app: Flask, source: Source) -> None:
    """Let a feature hold candidates back; ``source`` is asked once for all of them and answers by candidate id."""
    app.extensions.setdefault(_KEY, []).append(source)


def holds(candidate: Candidate) -> Sequence[Hold]:
    """Everything that stands against a candidate now."""
    return holds_of([candidate])[candidate.id]


def holds_of(candidates: Sequence[Candidate]) -> dict[int, list[Hold]]:
    """The same for many, by candidate id; those without any have an empty list."""
    found: dict[int, list[Hold]] = {candidate.id: [] for candidate in candidates}
    barred = queries.barred(candidates, clock.today())
    for candidate in candidates:
        now = queries.lacks_of(candidate, barred)
        # What is found after publicity began holds back until it is decided; it drops nobody by itself.
        if Lack.GROUND in now or Lack.AGENCY in now:
            found[candidate.id].append(Hold(HoldKind.PENDING, UNDER_EXAMINATION))
    for source in current_app.extensions.get(_KEY, []):
        for candidate_id, given in source(candidates).items():
            found[candidate_id].extend(given)
    return found
