"""Who speaks for a unit. Each function is one transaction with its audit record."""

from portal.credentials.members.services.claims import LETTER_NAME, REFUSED, claim_unit, decide_claim, read_letter
from portal.credentials.members.services.people import (
    INVITED,
    TOKEN,
    accept,
    admit,
    change_role,
    invitation_of,
    invite,
    remove,
)
from portal.credentials.members.services.retaining import erase_expired

__all__ = [
    "INVITED",
    "LETTER_NAME",
    "REFUSED",
    "TOKEN",
    "accept",
    "admit",
    "change_role",
    "claim_unit",
    "decide_claim",
    "erase_expired",
    "invitation_of",
    "invite",
    "read_letter",
    "remove",
]
