"""Use cases of Article 24. The only code that writes to a case."""

from portal.complaints.services.access import FILES, open_identity
from portal.complaints.services.acts import Instruction, act
from portal.complaints.services.escalating import escalate_overdue
from portal.complaints.services.filing import (
    Filing,
    file_at_counter,
    file_complaint,
    follow,
    new_token,
    send_draft,
    sent_again,
    signed_token,
)
from portal.complaints.services.following import add_reply, renew_secret
from portal.complaints.services.instruction import Judgement
from portal.complaints.services.printing import PrintedOrder, print_order
from portal.complaints.services.reviewing import request_review, review_offered

__all__ = [
    "FILES",
    "Filing",
    "Instruction",
    "Judgement",
    "PrintedOrder",
    "act",
    "add_reply",
    "escalate_overdue",
    "file_at_counter",
    "file_complaint",
    "follow",
    "new_token",
    "open_identity",
    "print_order",
    "renew_secret",
    "request_review",
    "review_offered",
    "send_draft",
    "sent_again",
    "signed_token",
]
