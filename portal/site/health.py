"""What watchers ask: is the portal alive, and can it serve."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from portal.authorities.models import Authority
from portal.foundation.database import db
from portal.search import index_of
from portal.vault import current_vault

blueprint = Blueprint("health", __name__)
log = logging.getLogger(__name__)
NEVER_KEPT = {"Cache-Control": "no-store"}


@blueprint.get("/healthz")
def alive() -> ResponseReturnValue:
    """The process answers; nothing else is asked."""
    return jsonify(status="ok"), 200, NEVER_KEPT


@blueprint.get("/readyz")
def ready() -> ResponseReturnValue:
    """Whether database, search index and keyset can be used; 503 and the parts at fault where not."""
    parts = {name: _holds(check, name) for name, check in CHECKS.items()}
    is_ready = all(parts.values())
    answer = {"status": "ok" if is_ready else "unavailable", "checks": parts}
    return jsonify(answer), 200 if is_ready else 503, NEVER_KEPT


def _database() -> bool:
    # A table of the first migration: an empty database is not one that can serve.
    return db.session.scalars(select(Authority.id).limit(1)).first() is not None


def _search() -> bool:
    return index_of(current_app).is_complete()


def _keyset() -> bool:
    vault = current_vault()
    wrapped = vault.new_box("readiness").wrapped
    vault.open_box(wrapped, "readiness")
    return True


CHECKS: Mapping[str, Callable[[], bool]] = {"database": _database, "search": _search, "keyset": _keyset}


def _holds(check: Callable[[], bool], name: str) -> bool:
    try:
        return check()
    except Exception:
        # What failed goes to the log; the answer is public and says only that it did.
        log.exception("The readiness check of %s failed.", name)
        db.session.rollback()
        return False
