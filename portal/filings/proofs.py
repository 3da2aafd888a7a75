"""Under load, whoever files shows a little patience: a short computation of the browser's, or a minute's wait.

Nobody else is asked, nothing has to be seen or heard. The computation follows the protocol of ALTCHA; without scripts the
page itself carries a ticket that counts as soon as it is a minute old. Both are bound to one form, which files once.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from altcha.v1 import ChallengeOptions, create_challenge, extract_params, verify_solution
from flask import current_app
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import func, select

from portal.filings.repeating import FilingTally
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import DomainError
from portal.settings import Settings
from portal.vault import current_vault

BUSY = timedelta(minutes=10)
WAIT, LIFE = timedelta(minutes=1), timedelta(hours=2)
#: So many attempts at most: about a second on a telephone of a few years ago.
HARDEST = 50_000
_FIELDS = {"algorithm": str, "challenge": str, "salt": str, "signature": str, "number": int}


class ProofNeeded(DomainError):
    """So many file at this moment that a form must show a proof, or wait; what was written stays with its author."""

    status = 429
    message = _l(
        "Very many complaints are arriving just now. Please send this page once more in a minute; what you wrote stays in it."
    )


@dataclass(frozen=True)
class Asked:
    """What a page carries so that its form passes: a task for the browser (JSON), and a ticket that waits."""

    task: str
    ticket: str


def asked(subject: str) -> Asked | None:
    """What the page of a form carries now; nothing while there is no rush.

    Args:
        subject: what the form is known by, and files once.
    """
    if not is_busy():
        return None
    mark = _mark(subject)
    expires = clock.now() + LIFE
    options = ChallengeOptions(
        algorithm="SHA-256", max_number=HARDEST, hmac_key=_key(), expires=expires, params={"for": mark}
    )
    task = json.dumps(create_challenge(options).to_dict())
    return Asked(task, _tickets().dumps([mark, int(clock.now().timestamp())]))


def require(subject: str, sent: Any) -> None:
    """Let a form pass while there is no rush, or with what :func:`asked` asked for.

    Args:
        subject: as for :func:`asked`; empty where the form is known by nothing, which never passes in a rush.
        sent: the fields of the form, ``proof`` and ``ticket`` among them.

    Raises:
        ProofNeeded: there is neither a proof nor a ticket that has waited.
    """
    if not is_busy():
        return
    mark = _mark(subject)
    if not subject or not (_is_solved(sent.get("proof", ""), mark) or _has_waited(sent.get("ticket", ""), mark)):
        raise ProofNeeded


def is_busy() -> bool:
    """Whether more is filed at this moment than the portal takes without asking."""
    settings: Settings = current_app.extensions["portal.settings"]
    if not settings.rate_limits or not settings.captcha_above:
        return False
    recent = select(func.count()).where(FilingTally.at > clock.now() - BUSY)
    return (db.session.scalar(recent) or 0) >= settings.captcha_above


def _is_solved(text: str, mark: str) -> bool:
    try:
        payload = json.loads(base64.b64decode(text, validate=True))
    except ValueError:
        return False
    if not isinstance(payload, dict) or any(type(payload.get(name)) is not kind for name, kind in _FIELDS.items()):
        return False
    known: Any = {name: payload[name] for name in _FIELDS}
    solved, _why = verify_solution(known, _key(), check_expires=True)
    return bool(solved and extract_params(known).get("for") == [mark])


def _has_waited(ticket: str, mark: str) -> bool:
    try:
        bound, since = _tickets().loads(ticket)
    except (BadSignature, ValueError, TypeError):
        return False
    age = clock.now().timestamp() - since
    return bool(bound == mark and WAIT.total_seconds() <= age <= LIFE.total_seconds())


def _mark(subject: str) -> str:
    """A form's name that says nothing of it: what it is known by may be a key to it."""
    return hashlib.sha256(b"portal proof\0" + subject.encode()).hexdigest()


def _key() -> str:
    return current_vault().derive("proofs of work").hex()


def _tickets() -> URLSafeSerializer:
    return URLSafeSerializer(current_vault().derive("waiting tickets"))
