"""Keeping, sealed in a draft, what an identity service has confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.filings.drafts import services as drafts
from portal.filings.drafts.models import FilingDraft
from portal.filings.identity.provider import NotConfirmed
from portal.filings.rules import Assurance
from portal.foundation import clock, sanitizing
from portal.foundation.database import transaction
from portal.foundation.identifiers import IdType, InvalidIdentifier, plausible_identity

LONGEST_NAME = 100


def confirm(draft: FilingDraft, claims: Mapping[str, Any]) -> FilingDraft:
    """Take over what the service says: it is filled in, and proven where the service names a document.

    A name alone identifies nobody: it is filled in, and stays declared.

    Args:
        claims: ``name``, ``id_type`` (a value of :class:`IdType`) and ``id_number``; others are not looked at nor kept.

    Raises:
        NotConfirmed: there is no name.
        portal.filings.drafts.services.DraftGone: the draft was sent or deleted meanwhile.
    """
    name = sanitizing.normalize(str(claims.get("name") or "")).strip()[:LONGEST_NAME]
    if not name:
        raise NotConfirmed
    proven = {"name": name, **_document(claims)}
    with transaction():
        kept = drafts.save_step(draft, draft.step, proven)
        if "id_number" not in proven:
            return kept
        return drafts.prove(kept, Assurance.IDENTITY_VERIFIED, proven)


def _document(claims: Mapping[str, Any]) -> dict[str, str]:
    """Type and number of the document, where both are given and fit each other."""
    try:
        kind = IdType(str(claims.get("id_type", "")))
        number = plausible_identity(kind, str(claims.get("id_number", "")), today=clock.today())
    except (ValueError, InvalidIdentifier):
        return {}
    return {"id_type": kind.value, "id_number": number}
