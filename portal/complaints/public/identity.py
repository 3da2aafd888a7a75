"""Having the identity confirmed by the identity service. Nobody has to."""

from __future__ import annotations

import hmac

from flask import current_app, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.complaints.public.frame import blueprint
from portal.complaints.public.resuming import with_draft
from portal.complaints.public.steps import Step
from portal.extensions import limiter
from portal.filings.drafts.models import FilingDraft
from portal.filings.identity import provider, services
from portal.foundation.errors import DomainError, NotFound
from portal.settings import Settings

_STATE = "identity_state"


@blueprint.get("/new/identity")
@limiter.limit("30 per hour")
@with_draft
def identity(draft: FilingDraft) -> ResponseReturnValue:
    """To the identity service."""
    if not provider.is_offered():
        raise NotFound
    try:
        begun = provider.begin(draft.handle, _back())
    except DomainError as refused:
        return _to_step(str(refused.message))
    session[_STATE] = begun.state
    return redirect(begun.address, 303)


@blueprint.get("/new/identity/back")
@limiter.limit("60 per hour")
@with_draft
def identity_back(draft: FilingDraft) -> ResponseReturnValue:
    """From the identity service, once."""
    if not provider.is_offered():
        raise NotFound
    state, code = str(session.pop(_STATE, "")), request.args.get("code", "")
    try:
        if not state or not code or not hmac.compare_digest(state.encode(), request.args.get("state", "").encode()):
            raise provider.NotConfirmed
        services.confirm(draft, provider.finish(draft.handle, state, code, _back()))
    except provider.ServiceSilent as refused:
        return _to_step(str(refused.message))
    except provider.NotConfirmed as refused:
        return _to_step(str(refused.message))
    return _to_step()


def _to_step(fault: str = "") -> ResponseReturnValue:
    if fault:
        flash(fault, "warning")
    return redirect(url_for("complaints.step", step=Step.WHO), 303)


def _back() -> str:
    """The address that the service must know of; where the portal's own name is set, whatever the request says."""
    settings: Settings = current_app.extensions["portal.settings"]
    if settings.site_domain:
        return f"https://{settings.site_domain}{url_for('complaints.identity_back')}"
    return url_for("complaints.identity_back", _external=True)
