"""Which draft a browser writes on. The session of a private page holds its handle: no code, no number, nothing typed."""

from __future__ import annotations

from flask import session

from portal.filings.drafts import services
from portal.filings.drafts.models import FilingDraft
from portal.filings.rules import DraftKind


def hold(draft: FilingDraft) -> None:
    """Let this browser write on a draft until it has been idle for the portal's limit."""
    session.permanent = True
    session[_key(draft.kind)] = draft.handle


def held(kind: DraftKind = DraftKind.COMPLAINT) -> FilingDraft:
    """The draft that this browser writes on.

    Raises:
        services.DraftGone: there is none, or none any more.
    """
    handle = session.get(_key(kind))
    if not isinstance(handle, str):
        raise services.DraftGone
    return services.by_handle(handle)


def held_or_none(kind: DraftKind = DraftKind.COMPLAINT) -> FilingDraft | None:
    """As :func:`held`, None where there is none."""
    try:
        return held(kind)
    except services.DraftGone:
        return None


def let_go(kind: DraftKind = DraftKind.COMPLAINT) -> None:
    """Forget the draft in this browser; the draft itself stays."""
    session.pop(_key(kind), None)


def _key(kind: DraftKind) -> str:
    return f"draft_{kind}"
