"""Use cases of Article 24. The only code that writes to a case."""

from portal.complaints.services.access import open_identity, read_evidence
from portal.complaints.services.acts import Instruction, act
from portal.complaints.services.filing import (
    Filing,
    file_complaint,
    follow,
    new_token,
    send_draft,
    sent_again,
    signed_token,
)
from portal.complaints.services.following import add_reply, renew_secret

__all__ = [
    "Filing",
    "Instruction",
    "act",
    "add_reply",
    "file_complaint",
    "follow",
    "new_token",
    "open_identity",
    "read_evidence",
    "renew_secret",
    "send_draft",
    "sent_again",
    "signed_token",
]
