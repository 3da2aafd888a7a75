"""The complainant's status page and what can be done there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address

from portal.complaints import clocks, queries, services
from portal.complaints.public.frame import blueprint
from portal.complaints.rules import CaseAct
from portal.extensions import csrf, limiter
from portal.filings import sealing
from portal.filings.following import Following
from portal.foundation import clock


def facts(case_id: int) -> Mapping[str, Any]:
    """What the status page shows of a case."""
    case = queries.case_by_id(case_id)
    opened = sealing.opened(case, for_filer=True)
    return {
        "case": case,
        "opened": opened,
        "due": clocks.due(case),
        "steps": clocks.steps(case),
        "left": clocks.days_until(case, clock.today()),
        "identity_opened": [entry for entry in opened.timeline if entry.event.act is CaseAct.OPEN_IDENTITY],
    }


FOLLOWING = Following(
    "complaints", "followed_case", services.follow, services.add_reply, facts, queries.case_by_id, services.renew_secret
)


@blueprint.route("/status", methods=["GET", "POST"])
@csrf.exempt
@limiter.limit("40 per 15 minutes", methods=["POST"], key_func=get_remote_address)
def status() -> ResponseReturnValue:
    """Ask for receipt number and secret, then show the case."""
    return FOLLOWING.status()


@blueprint.post("/status/reply")
@limiter.limit("30 per hour")
def reply() -> ResponseReturnValue:
    """A message or a supplement of the complainant."""
    return FOLLOWING.reply()


@blueprint.post("/status/leave")
def leave() -> ResponseReturnValue:
    """Forget the case in this browser."""
    return FOLLOWING.leave()


@blueprint.post("/status/receipt")
@csrf.exempt
@limiter.limit("40 per 15 minutes", key_func=get_remote_address)
def receipt() -> ResponseReturnValue:
    """The signed receipt as a file, for receipt number and secret."""
    return FOLLOWING.first_receipt()


@blueprint.get("/status/receipts/<int:event_id>")
def signed_receipt(event_id: int) -> ResponseReturnValue:
    """One of the signed receipts of the case that is followed."""
    return FOLLOWING.receipt(event_id)


@blueprint.post("/status/secret")
@limiter.limit("10 per hour")
def renew() -> ResponseReturnValue:
    """A new secret instead of the old one."""
    return FOLLOWING.renew()
