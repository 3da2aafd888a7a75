"""A draft becomes a filing: one transaction in which the draft goes and the filing comes, with the same box and files."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from portal.filings import receipts
from portal.filings.drafts import services
from portal.filings.drafts.models import DraftFile, FilingDraft
from portal.filings.models import FilingEvidence, SealedFiling
from portal.filings.taking import AlreadyFiled, Content, Intake, Taken
from portal.foundation import clock
from portal.foundation.database import db, transaction
from portal.foundation.identifiers import is_secret
from portal.vault import current_vault

F = TypeVar("F", bound=SealedFiling)
E = TypeVar("E", bound=FilingEvidence)

#: For how long the page of a filing that was just sent is shown again to whoever sends the same form again.
AGAIN = timedelta(hours=1)


def send(
    intake: Intake[F, E],
    draft: FilingDraft,
    content: Content,
    *,
    make: Callable[[str], F],
    enter: Callable[[F], None],
) -> Taken[F]:
    """Make a draft the filing that it was begun for. Sent again, it gives the same receipt and secret.

    Args:
        content: what was typed, checked once more; its files are not looked at, the draft has them.
        make: a new filing for a receipt number, with what is the feature's own.
        enter: writes the filing's first line and its audit record, inside the transaction. It may refuse.

    Raises:
        services.DraftGone: another request was first, and longer ago than a repetition takes.
        portal.foundation.errors.Invalid: there is no file.
    """
    token = services.token_of(draft)
    box = services.box_of(draft)
    assurance = services.assurance_of(draft, content.identity)
    services.require_files(draft.files)
    receipt = draft.receipt
    try:
        with transaction():
            files = services.take_out(draft)
            # The last one may have been removed in another window since then.
            services.require_files(files)
            filing = make(receipt)
            intake.fill(filing, content, box, token)
            filing.assurance = assurance
            # No form can be equal to a draft, so no content is compared.
            filing.filing_digest = hmac.digest(
                current_vault().derive("filing digests"), secrets.token_bytes(32), "sha256"
            ).hex()
            filing.evidence.extend(moved(intake.evidence, item) for item in files)
            db.session.add(filing)
            enter(filing)
            receipts.issue(filing, box, content.statement, filing.evidence)
    except services.DraftGone:
        return again(intake, token)
    return Taken(filing, intake.secret_of(token))


def again(intake: Intake[F, E], token: str) -> Taken[F]:
    """What came of a draft that was sent a moment ago.

    Raises:
        services.DraftGone: nothing came of it.
        AlreadyFiled: too long ago for the secret to be shown once more, or the secret was renewed.
    """
    filing = intake.filed_with(token)
    if filing is None:
        raise services.DraftGone
    secret = intake.secret_of(token)
    if clock.now() - filing.filed_at > AGAIN or not is_secret(secret, filing.secret_digest):
        raise AlreadyFiled(filing.receipt, intake.already(filing.receipt))
    return Taken(filing, secret)


def moved(make: Callable[..., E], item: DraftFile) -> E:
    """The record of a draft's file as that of a filing: every column that both have; the sealed file stays where it lies."""
    wanted = {column.key for column in make.__table__.columns}  # type: ignore[attr-defined]
    shared = {column.key for column in DraftFile.__table__.columns} & wanted - {"id"}
    return make(**{name: getattr(item, name) for name in shared})
