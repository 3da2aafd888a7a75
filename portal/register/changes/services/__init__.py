"""Removals and changes. Each function is one transaction with its audit record."""

from portal.register.changes.services.announcing import announce, take_back, take_effect
from portal.register.changes.services.deciding import Decided, decide_removal, tell, withdraw_decision
from portal.register.changes.services.stating import act, read_evidence, state_change, withdraw_own

__all__ = [
    "Decided",
    "act",
    "announce",
    "decide_removal",
    "read_evidence",
    "state_change",
    "take_back",
    "take_effect",
    "tell",
    "withdraw_decision",
    "withdraw_own",
]
