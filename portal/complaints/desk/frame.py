"""What every page of the two queues shares: their addresses, who may come in, where a person came from."""

from __future__ import annotations

from flask import Blueprint, request

from portal.authorities.rules import Permission

verification = Blueprint("verification", __name__, url_prefix="/desk/verification")
determination = Blueprint("determination", __name__, url_prefix="/desk/determination")
BOTH = (verification, determination)
CASE_STAFF = (Permission.VERIFY, Permission.DETERMINE)


def queue_name() -> str:
    """The queue that the person came from: ``verification`` or ``determination``."""
    return request.blueprint or "verification"
