"""The register's use cases. Each function is one transaction with its audit record."""

from portal.register.services.acts import drop, propose_exclusion, propose_removal, take_effect, withdraw_proposal
from portal.register.services.importing import import_list
from portal.register.services.keeping import UnitDetails, keep_unit
from portal.register.services.windows import open_window, recompute_windows, window_from

__all__ = [
    "UnitDetails",
    "drop",
    "import_list",
    "keep_unit",
    "open_window",
    "propose_exclusion",
    "propose_removal",
    "recompute_windows",
    "take_effect",
    "window_from",
    "withdraw_proposal",
]
