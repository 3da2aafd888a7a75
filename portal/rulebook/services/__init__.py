"""The rulebook's use cases. Each function is one transaction with its audit record."""

from portal.rulebook.services.amending import confirm, drop, propose
from portal.rulebook.services.days import Provenance, enter_days, remove_day

__all__ = ["Provenance", "confirm", "drop", "enter_days", "propose", "remove_day"]
