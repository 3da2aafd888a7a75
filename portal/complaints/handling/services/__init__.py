"""Use cases of the desk around a case: whose it is, what is noted, what belongs together, who keeps away, who consents."""

from portal.complaints.handling.services.assigning import Assigned, assign, assign_many, hand_over_all, take_up
from portal.complaints.handling.services.consenting import (
    ask_for_identity,
    decide_on_identity,
    open_requested_identity,
    opens_alone,
)
from portal.complaints.handling.services.interests import declare_interest, take_back_interest
from portal.complaints.handling.services.noting import add_note
from portal.complaints.handling.services.relating import link, unlink
from portal.complaints.handling.services.views import delete_view, save_view
from portal.complaints.handling.services.wording import delete_template, save_template

__all__ = [
    "Assigned",
    "add_note",
    "ask_for_identity",
    "assign",
    "assign_many",
    "decide_on_identity",
    "declare_interest",
    "delete_template",
    "delete_view",
    "hand_over_all",
    "link",
    "open_requested_identity",
    "opens_alone",
    "save_template",
    "save_view",
    "take_back_interest",
    "take_up",
    "unlink",
]
