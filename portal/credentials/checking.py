"""Checking a credential, on line or off: is it ours, is it in its time, was it revoked. Three plain answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from portal.credentials.credential import REVOCATION, TYP, is_set
from portal.vault.signing import NotGenuine, PublicKeys, Reason


class State(StrEnum):
    """What came of a check."""

    GENUINE = "genuine"
    REVOKED = "revoked"
    EXPIRED = "expired"
    #: Genuine, but nobody could say whether it was revoked.
    UNKNOWN = "unknown"
    NOT_OURS = "not_ours"


@dataclass(frozen=True)
class Checked:
    """The state of a credential; ``as_of`` is the moment that the list of revocations speaks of."""

    state: State
    content: dict[str, Any]
    reason: Reason | None = None
    as_of: str = ""


def check(
    token: str, keys: PublicKeys, fetch: Callable[[str], str | None], *, now: datetime, unit: str = ""
) -> Checked:
    """Check a credential.

    Args:
        token: the credential as it was given.
        keys: those of the portal.
        fetch: the list of revocations of an address, from disk or from here; None where it is not at hand.
        now: the moment of the check.
        unit: the id, name or credit code of the unit that shows it, where the check is about one.
    """
    try:
        content = keys.verify(token, TYP)
    except NotGenuine as refused:
        return Checked(State.NOT_OURS, {}, refused.reason)
    entry = _entry(content)
    if entry is None or (unit and unit not in _called(content)):
        return Checked(State.NOT_OURS, {} if entry is None else content, Reason.WRONG_TYPE)
    revoked, as_of = _revoked(content, keys, fetch, now)
    if revoked:
        return Checked(State.REVOKED, content, as_of=as_of)
    if datetime.fromisoformat(content["validUntil"]) < now:
        return Checked(State.EXPIRED, content, as_of=as_of)
    return Checked(State.UNKNOWN if revoked is None else State.GENUINE, content, as_of=as_of)


def _entry(content: dict[str, Any]) -> dict[str, Any] | None:
    """What a credential says of the list; None for another credential of ours, such as a list of revocations."""
    subject = content.get("credentialSubject")
    entry = subject.get("listEntry") if isinstance(subject, dict) else None
    return entry if isinstance(entry, dict) and isinstance(content.get("credentialStatus"), dict) else None


def _called(content: dict[str, Any]) -> set[str]:
    subject = content["credentialSubject"]
    return {subject["name"], subject["listEntry"]["unit"], *(item["identityHash"] for item in subject["identifier"])}


def _revoked(
    content: dict[str, Any], keys: PublicKeys, fetch: Callable[[str], str | None], now: datetime
) -> tuple[bool | None, str]:
    """Whether it was revoked, and as of when; None where that cannot be known, as from a list that is too old."""
    status = content["credentialStatus"]
    token = fetch(status["statusListCredential"])
    if token is None:
        return None, ""
    try:
        listed = keys.verify(token, TYP)
        subject = listed["credentialSubject"]
        if listed["id"] != status["statusListCredential"] or subject["statusPurpose"] != REVOCATION:
            return None, ""
        revoked = is_set(subject["encodedList"], int(status["statusListIndex"]))
        too_old = datetime.fromisoformat(listed["validUntil"]) < now
        return (None if too_old and not revoked else revoked), listed["validFrom"]
    except (NotGenuine, KeyError, TypeError, ValueError):
        return None, ""
