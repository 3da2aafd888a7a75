"""Who may do what with a case now: the separation of duties, reviews, findings."""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass

from portal.authorities.rules import Permission
from portal.complaints.rules.acts import STAFF_ACTS, permission_for
from portal.complaints.rules.errors import DeciderCannotReview, VerifierCannotDetermine
from portal.complaints.rules.procedure import CONTESTABLE, DECIDING, DETERMINING, REVIEWING, VERIFYING, WORKFLOW
from portal.complaints.rules.states import CaseAct, CaseStatus, Finding, Outcome, RespondentKind, Reviewed


@dataclass(frozen=True)
class Standing:
    """Where a case stands, as far as it decides who may do what; ``awaiting``: its outcome awaits an announcement."""

    status: CaseStatus
    kind: RespondentKind
    taken_over: bool = False
    extended: bool = False
    awaiting: bool = False


def acts_for(standing: Standing, allowed: Set[Permission], done: Set[CaseAct]) -> tuple[CaseAct, ...]:
    """The acts of staff that are possible for somebody with these permissions.

    Args:
        done: what this person did in the case before; see :func:`barred`.
    """
    not_theirs = barred(done)
    return tuple(
        dict.fromkeys(
            act
            for act in WORKFLOW.available(standing.status)
            if act in STAFF_ACTS
            and permission_for(act, taken_over=standing.taken_over) in allowed
            and act not in not_theirs
            and fits(act, standing.kind)
            and not (act is CaseAct.EXTEND and standing.extended)
            and not (act is CaseAct.TAKE_OVER and standing.taken_over)
            and not (act is CaseAct.TAKE_BACK and not standing.awaiting)
        )
    )


def barred(done: Set[CaseAct]) -> frozenset[CaseAct]:
    """What somebody may not do any more in a case, from what they did in it: the separation of duties as data."""
    not_theirs: set[CaseAct] = set()
    if done & VERIFYING:
        not_theirs |= DETERMINING | REVIEWING
    if done & DECIDING:
        not_theirs |= REVIEWING
    return frozenset(not_theirs)


def require_separate(act: CaseAct, done: Set[CaseAct]) -> None:
    """Let an act pass that is not barred by what the person did in the case before.

    Raises:
        VerifierCannotDetermine: they verified in it.
        DeciderCannotReview: they made the decision that is under review.
    """
    if act in barred(done):
        raise VerifierCannotDetermine if done & VERIFYING else DeciderCannotReview


def reviews_asked(acts: Sequence[CaseAct]) -> frozenset[Reviewed]:
    """What was reviewed already, or is being, from the acts of a case in their order."""
    asked, latest = set(), Reviewed.REFUSAL
    for act in acts:
        if act in DECIDING:
            latest = Reviewed.REFUSAL if act is CaseAct.REFUSE else Reviewed.OUTCOME
        elif act is CaseAct.REQUEST_REVIEW:
            asked.add(latest)
    return frozenset(asked)


def reviewable(status: CaseStatus, outcome: Outcome | None, acts: Sequence[CaseAct]) -> Reviewed | None:
    """What the complainant may ask the department to review now, each once; None where there is nothing."""
    if status is CaseStatus.REFUSED:
        wanted = Reviewed.REFUSAL
    elif status is CaseStatus.CLOSED and outcome in CONTESTABLE:
        wanted = Reviewed.OUTCOME
    else:
        return None
    return None if wanted in reviews_asked(acts) else wanted


def overall(findings: Collection[Finding]) -> Finding:
    """What a verification found on the whole, from what it found on each allegation.

    Args:
        findings: at least one.
    """
    if all(finding is Finding.NOT_SUBSTANTIATED for finding in findings):
        return Finding.NOT_SUBSTANTIATED
    return Finding.SUBSTANTIATED if set(findings) == {Finding.SUBSTANTIATED} else Finding.PARTLY


def fits(act: CaseAct, kind: RespondentKind) -> bool:
    """Whether a determination can be made about such a respondent (Art. 18, 22, 24)."""
    if act is CaseAct.REMOVE:
        return kind is RespondentKind.UNIT
    if act is CaseAct.EXCLUDE:
        return kind is RespondentKind.AGENCY
    return True
