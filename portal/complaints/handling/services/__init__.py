"""Use cases of the desk around a case: whose it is, what is noted, what belongs together, who keeps away, who consents."""

from portal.complaints.handling.services.assigning import Assigned, assign, assign_many, hand_over_all, take_up
from portal.complaints.handling.services.views import delete_view, save_view

__all__ = [
    "Assigned",
    "assign",
    "assign_many",
    "delete_view",
    "hand_over_all",
    "save_view",
    "take_up",
]
