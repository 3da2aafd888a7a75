"""What the ledger is told of an ending: the removal of an entry, the exclusion of an agency; proposed, dropped or in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from portal.content.models import Document
from portal.register import ledger
from portal.register.models import Agency, ListEntry, PendingAct
from portal.register.rules import EXCLUSION_ARTICLE, REMOVAL_ARTICLES, EventKind, RemovalGround


def removal(
    kind: EventKind, entry: ListEntry, ground: str, actor: str, *, document: int | None, day: date | None = None
) -> None:
    """Write down an act about the removal of an entry, inside the transaction of a use case.

    Args:
        document: the number of the announcement that is drafted or published; None before there is one.
        day: from which it holds; None for what is only decided.
    """
    ledger.record(
        kind,
        entry=entry,
        effective_on=day,
        by_actor=actor,
        article=REMOVAL_ARTICLES[RemovalGround(ground)],
        document=document,
        data={"ground": ground},
    )


def exclusion(
    kind: EventKind,
    agency: Agency,
    actor: str,
    facts: Mapping[str, Any],
    *,
    document: Document | int | None,
    day: date | None = None,
) -> None:
    """Write down an act about the exclusion of an agency (Art. 22), as :func:`removal` does of an entry."""
    ledger.record(
        kind,
        agency=agency,
        effective_on=day,
        by_actor=actor,
        article=EXCLUSION_ARTICLE,
        document=document,
        data=facts,
    )


def dropped(act: PendingAct, actor: str) -> None:
    """Write down that what was decided falls before it was ever announced."""
    if act.entry is not None:
        removal(EventKind.REMOVAL_DROPPED, act.entry, act.ground, actor, document=act.document_id)
    elif act.agency is not None:
        exclusion(EventKind.EXCLUSION_DROPPED, act.agency, actor, {"ground": act.ground}, document=act.document_id)
