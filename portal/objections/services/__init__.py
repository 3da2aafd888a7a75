"""Use cases of objections. The only code that writes to one."""

from portal.objections.services.acts import FILES, Instruction, act, open_identity
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
    "FILES",
    "Filing",
    "Instruction",
    "act",
    "add_reply",
    "file_objection",
    "follow",
    "new_token",
    "open_identity",
    "recompute",
    "renew_secret",
    "signed_token",
]
