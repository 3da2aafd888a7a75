"""What the pages of the rounds' desk share: their address, their guards, their words."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.authorities.models import Person
from portal.authorities.rules import Permission, permissions
from portal.foundation import clock
from portal.foundation.errors import DomainError, Invalid
from portal.register.batches import queries
from portal.register.batches.models import Batch, Candidate
from portal.register.batches.rules import (
    ACT_LABELS,
    CANDIDATE_LABELS,
    GROUND_LABELS,
    LACK_LABELS,
    ORGAN_LABELS,
    PUBLICITY_OVER,
    STATE_LABELS,
    BatchState,
    CandidateState,
    NotReady,
)
from portal.register.rules import CATEGORY_LABELS, level_label

blueprint = Blueprint("batches_desk", __name__, url_prefix="/desk/batches")
KEEP, TAKE_PART = (Permission.KEEP_REGISTER,), (Permission.DRAFT, Permission.KEEP_REGISTER)
TONES = {
    CandidateState.SELECTED: "lake",
    CandidateState.PUBLICISED: "saffron",
    CandidateState.HELD: "saffron",
    CandidateState.LISTED: "pine",
    CandidateState.DROPPED: "madder",
}


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {
        "category_labels": CATEGORY_LABELS,
        "candidate_labels": CANDIDATE_LABELS,
        "ground_labels": GROUND_LABELS,
        "organ_labels": ORGAN_LABELS,
        "lack_labels": LACK_LABELS,
        "act_labels": ACT_LABELS,
        "tones": TONES,
        "level_label": level_label,
        "stage": stage,
    }


def stage(batch: Batch) -> object:
    """Where a round stands, in words: a publicity that has ended says so, whoever looks."""
    if batch.state is BatchState.PUBLICISED and queries.publicity_over(batch, clock.today()):
        return PUBLICITY_OVER
    return STATE_LABELS[batch.state]


def keeps(person: Person) -> bool:
    """Whether a person keeps the register, and so the rounds."""
    return Permission.KEEP_REGISTER in permissions(person.role_set)


def faults(refused: DomainError | None) -> list[object]:
    """Why an act was refused, in words for the head of the page."""
    if isinstance(refused, NotReady):
        return [LACK_LABELS[lack] for lack in refused.lacks]
    if isinstance(refused, Invalid):
        words = [
            fault
            for faults in refused.fields.values()
            for fault in (faults if isinstance(faults, list | tuple) else [faults])
        ]
        return list(dict.fromkeys(map(str, words))) or [refused.message]
    return [refused.message] if refused else []


def lacks(candidates: list[Candidate]) -> dict[int, tuple[object, ...]]:
    """What each candidate lacks, where that still matters."""
    barred = queries.barred(candidates, clock.today())
    return {
        item.id: queries.lacks_of(item, barred)
        if item.state in {CandidateState.RECOMMENDED, CandidateState.SELECTED}
        else ()
        for item in candidates
    }


def saved(found: Batch) -> ResponseReturnValue:
    """Back to the page of the round, after something was kept."""
    flash(_("Saved."), "success")
    return redirect(url_for("batches_desk.show", batch_id=found.id))
