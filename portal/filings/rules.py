"""How sure the identity of whoever filed is, and the ways in which a filing comes in."""

from __future__ import annotations

from enum import StrEnum


class Assurance(StrEnum):
    """What the identity rests on."""

    DECLARED = "declared"
    CONTACT_VERIFIED = "contact_verified"
    IDENTITY_VERIFIED = "identity_verified"


class Channel(StrEnum):
    """How a filing came in; staff enter letters and calls at the counter."""

    ONLINE = "online"
    LETTER = "letter"
    CALL = "call"


class DraftKind(StrEnum):
    """What a draft becomes when it is sent."""

    COMPLAINT = "complaint"
    REPLY = "reply"
