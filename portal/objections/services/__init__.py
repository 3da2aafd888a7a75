"""Use cases of objections. The only code that writes to one."""

from portal.objections.services.acts import Instruction, act, look_at_evidence, open_identity, read_evidence
from portal.objections.services.filing import (
    Filing,
    add_reply,
    file_objection,
    follow,
    new_token,
    renew_secret,
    signed_token,
)
from portal.objections.services.recomputing import recompute

__all__ = [
    "Filing",
    "Instruction",
    "act",
    "add_reply",
    "file_objection",
    "follow",
    "look_at_evidence",
    "new_token",
    "open_identity",
    "read_evidence",
    "recompute",
    "renew_secret",
    "signed_token",
]
