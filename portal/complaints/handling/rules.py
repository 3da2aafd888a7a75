"""How work on cases is shared out: who may be given one, who must keep away, when one opens an identity alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.complaints.rules import CaseStatus, ProblemKind
from portal.foundation.errors import DomainError

E = TypeVar("E", bound=StrEnum)

#: Stands for "no date": later than every date that can be promised.
NEVER = date(9999, 12, 31)
#: How long a consent to open an identity can be asked for and used.
REQUEST_LASTS = timedelta(days=3)
MOST_VIEWS = 20
MOST_AT_ONCE = 200
NAME_LONGEST = 60
#: Counts are exact up to here and say so beyond: no queue may take longer because it is full.
MOST_COUNTED = 999


class DeskAct(StrEnum):
    """What happened to a case at the desk alone; the complainant reads none of it."""

    NOTE = "note"
    TAKE = "take"
    TAKE_OVER = "take_over"
    ASSIGN = "assign"
    RELEASE = "release"
    HAND_OVER = "hand_over"
    LINK = "link"
    UNLINK = "unlink"
    DECLARE_INTEREST = "declare_interest"
    TAKE_BACK_INTEREST = "take_back_interest"
    ARCHIVE = "archive"


DESK_ACT_LABELS: Mapping[DeskAct, LazyString] = {
    DeskAct.NOTE: _l("Note"),
    DeskAct.TAKE: _l("Taken"),
    DeskAct.TAKE_OVER: _l("Taken over from a colleague"),
    DeskAct.ASSIGN: _l("Assigned"),
    DeskAct.RELEASE: _l("Put back into the queue"),
    DeskAct.HAND_OVER: _l("Handed over"),
    DeskAct.LINK: _l("Linked with related cases"),
    DeskAct.UNLINK: _l("No longer linked"),
    DeskAct.DECLARE_INTEREST: _l("Interest declared"),
    DeskAct.TAKE_BACK_INTEREST: _l("Declared interest taken back"),
    DeskAct.ARCHIVE: _l("Archive of the case downloaded"),
}
#: Acts that say who works on a case from then on.
ASSIGNING = frozenset({DeskAct.TAKE, DeskAct.TAKE_OVER, DeskAct.ASSIGN, DeskAct.RELEASE, DeskAct.HAND_OVER})


class Sorting(StrEnum):
    """The orders of a queue."""

    DUE = "due"
    RECEIVED = "received"
    CHANGED = "changed"


SORTING_LABELS: Mapping[Sorting, LazyString] = {
    Sorting.DUE: _l("Due"),
    Sorting.RECEIVED: _l("Received on"),
    Sorting.CHANGED: _l("Last change"),
}


class Within(StrEnum):
    """How soon a case is due; days of the calendar, for working days differ between authorities."""

    OVERDUE = "overdue"
    DAYS_3 = "3"
    DAYS_7 = "7"
    DAYS_30 = "30"


class Whose(StrEnum):
    """Whose cases; a person's number stands for one colleague."""

    MINE = "mine"
    NOBODY = "nobody"


class InterestDeclared(DomainError):
    """Who has a stake in a case keeps away from it."""

    status = 403
    message = _l("You declared an interest in this case. Colleagues handle it.")


class InterestStands(DomainError):
    """Whoever acted on a case before declaring an interest in it stays away from it for good."""

    message = _l("This person has acted on the case: the declared interest stands.")


class CannotTake(DomainError):
    """The chosen person cannot work on the case: another authority, another task, or an interest of their own."""

    message = _l("This person cannot be given the case.")


class NotRelated(DomainError):
    """Only cases on the same respondent belong together."""

    message = _l("Only cases about the same respondent can be linked.")


class ConsentNeeded(DomainError):
    """Whoever does not work on the case opens the identity only with a second person's consent."""

    status = 403
    message = _l("You are not in charge of this case: a second person must consent before the identity is opened.")


class OwnRequest(DomainError):
    """Nobody consents to their own request."""

    status = 403
    message = _l("Another person must decide on your request.")


class RequestOver(DomainError):
    """The request was decided, used or is too old."""

    status = 409
    message = _l("This request has been decided, used, or has expired.")


class Respondent(Protocol):
    """Whom a complaint is about, as its columns say."""

    @property
    def unit_id(self) -> int | None:
        """The unit, where it is one of the register."""
        ...

    @property
    def agency_id(self) -> int | None:
        """The agency, where it is one of the register."""
        ...

    @property
    def respondent_name(self) -> str:
        """The name as it was given."""
        ...


class RequestState(StrEnum):
    """Where a request to open an identity stands."""

    WAITING = "waiting"
    GRANTED = "granted"
    DECLINED = "declined"
    USED = "used"
    EXPIRED = "expired"


REQUEST_LABELS: Mapping[RequestState, LazyString] = {
    RequestState.WAITING: _l("Waiting for consent"),
    RequestState.GRANTED: _l("Consented"),
    RequestState.DECLINED: _l("Declined"),
    RequestState.USED: _l("Identity opened"),
    RequestState.EXPIRED: _l("Expired"),
}


@dataclass(frozen=True)
class QueueView:
    """What of a queue is shown, and in which order; an address and a saved view are made from it."""

    status: CaseStatus | None = None
    problem: ProblemKind | None = None
    authority: str = ""
    whose: str = ""
    within: Within | None = None
    sort: Sorting = Sorting.DUE
    text: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> QueueView:
        """A view from an address or a saved one. What is not known there is left out: an old link still opens."""
        whose = given.get("whose", "")
        return cls(
            status=_member(CaseStatus, given.get("status")),
            problem=_member(ProblemKind, given.get("problem")),
            authority=given.get("authority", "")[:30],
            whose=whose if whose in set(Whose) or (whose.isdecimal() and len(whose) < 10) else "",
            within=_member(Within, given.get("within")),
            sort=_member(Sorting, given.get("sort")) or Sorting.DUE,
            text=given.get("q", "").replace("\0", "").strip()[:100],
        )

    @property
    def args(self) -> dict[str, str]:
        """The view as the query of an address; what is usual is left out."""
        parts = {
            "status": self.status,
            "problem": self.problem,
            "authority": self.authority,
            "whose": self.whose,
            "within": self.within,
            "sort": None if self.sort is Sorting.DUE else self.sort,
            "q": self.text,
        }
        return {name: str(value) for name, value in parts.items() if value}

    def with_status(self, status: CaseStatus | None) -> QueueView:
        """The same view of another state."""
        return replace(self, status=status)

    def last_day(self, today: date) -> date | None:
        """The last promised date that the view shows; None where any will do."""
        if self.within is None:
            return None
        if self.within is Within.OVERDUE:
            return today - timedelta(days=1)
        return today + timedelta(days=int(self.within))


def at_the_department(status: CaseStatus) -> bool:
    """Whether a case in this state lies with those who determine; the others with those who verify."""
    from portal.complaints.rules import DETERMINATION_QUEUE

    return status in DETERMINATION_QUEUE or status is CaseStatus.CLOSED


@dataclass(frozen=True)
class Assignment:
    """One line of the diary that says who works on a case; ``to_id`` None: nobody any more."""

    act: DeskAct
    by_id: int
    to_id: int | None


def may_open_alone(person_id: int, assignee_id: int | None, history: Iterable[Assignment]) -> bool:
    """Whether somebody opens an identity without a second person.

    Whoever works on the case does; but not who got it from a colleague by themselves, for then a first person would have
    become both. Putting a colleague's case back into the queue and taking it from there is no other way to get it.

    Args:
        history: what said who works on the case, oldest first.
    """
    if assignee_id != person_id:
        return False
    alone, holder, put_back = True, None, False
    for line in history:
        if line.to_id is None:
            put_back = line.by_id == person_id and holder is not None
        elif line.to_id != person_id:
            holder, put_back = line.to_id, False
        else:
            alone = _came_rightly(
                line, alone=alone, put_back=put_back and holder != person_id, again=holder == person_id
            )
            holder, put_back = person_id, False
    return alone


def _came_rightly(line: Assignment, *, alone: bool, put_back: bool, again: bool) -> bool:
    """Whether a case came to a person by a second one, or out of the queue without their doing.

    Args:
        alone: whether they could open alone when they last had it.
        put_back: they took it from a colleague into the queue before.
        again: they were the last to have it.
    """
    if line.by_id != line.to_id:
        return True
    if line.act is not DeskAct.TAKE or put_back:
        return False
    return alone if again else True


def may_take_back_interest(*, declared_by: int, by: int, determines: bool, acted: bool) -> bool:
    """Whether a declared interest can be taken back.

    A recusal is decided on by whoever heads the matter and never by the one who is to stay away (Administrative
    Penalty Law, Art. 43); over cases that is the department, which determines (Art. 24). Who acted first and declared
    then keeps away for good: otherwise a decision made under an interest could be made good by two clicks.

    Args:
        declared_by: who declared it.
        by: who takes it back.
        determines: whether that person determines for the department.
        acted: whether whoever declared it stands in the case's timeline with an act of their own.
    """
    return determines and by != declared_by and not acted


def same_respondent(one: Respondent, other: Respondent) -> bool:
    """Whether two complaints are about the same respondent: the same unit, the same agency, or the same name of neither."""
    if one.unit_id is not None or one.agency_id is not None:
        return (one.unit_id, one.agency_id) == (other.unit_id, other.agency_id)
    return other.unit_id is None and other.agency_id is None and one.respondent_name == other.respondent_name


def request_state(
    now: datetime,
    *,
    expires_at: datetime,
    consented_at: datetime | None,
    declined_at: datetime | None,
    used_at: datetime | None,
) -> RequestState:
    """Where a request stands at a moment."""
    if used_at is not None:
        return RequestState.USED
    if declined_at is not None:
        return RequestState.DECLINED
    if now >= expires_at:
        return RequestState.EXPIRED
    return RequestState.GRANTED if consented_at is not None else RequestState.WAITING


def assigning_act(before: int | None, to: int | None, by: int) -> DeskAct:
    """What an assignment is called, by whose case it was, whose it becomes, and who says so."""
    if to is None:
        return DeskAct.RELEASE
    if to == by:
        return DeskAct.TAKE if before in {None, by} else DeskAct.TAKE_OVER
    return DeskAct.HAND_OVER if before == by else DeskAct.ASSIGN


def _member(kind: type[E], value: str | None) -> E | None:
    try:
        return kind(value) if value else None
    except ValueError:
        return None
