"""Taking a filing in: once, under a receipt and a secret, sealed before it touches disk or database."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import BinaryIO, Generic, TypeVar

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.filings import receipts, sealing
from portal.filings.models import FilingEvidence, SealedFiling
from portal.filings.sealing import Identity
from portal.foundation import audit, clock
from portal.foundation.database import db, transaction
from portal.foundation.errors import DomainError, Invalid
from portal.foundation.identifiers import (
    InvalidIdentifier,
    is_secret,
    new_receipt,
    normalize_receipt,
    secret_digest,
    secret_from,
)
from portal.foundation.languages import Language
from portal.vault import current_vault
from portal.vault.boxes import Box
from portal.vault.evidence import EvidenceRefused

F = TypeVar("F", bound=SealedFiling)
E = TypeVar("E", bound=FilingEvidence)
Files = Sequence[tuple[str, BinaryIO]]


class AlreadyFiled(DomainError):
    """The same form was sent before with other content; ``receipt`` is what came of it then."""

    status = 409

    def __init__(self, receipt: str, message: LazyString) -> None:
        self.receipt, self.message = receipt, message
        super().__init__("form sent twice")


class NotTaken(DomainError):
    """A file of the filing was refused; ``name`` says which, ``why`` in words."""

    def __init__(self, name: str, why: object) -> None:
        self.name, self.why = name, why
        super().__init__("evidence refused")


class WrongSecret(DomainError):
    """Receipt number and secret do not belong together. Which of the two is wrong is not said."""

    status = 403
    message = _l("The receipt number or the secret is not correct.")


@dataclass(frozen=True)
class Content:
    """What every filing carries, from a form whose shape has been checked."""

    statement: str
    identity: Identity
    language: Language = Language.ZH
    is_sample: bool = False
    notify: bool = False
    files: Files = field(default_factory=tuple)


@dataclass(frozen=True)
class Taken(Generic[F]):
    """What whoever filed keeps. The secret is shown once and not kept in clear."""

    filing: F
    secret: str


@dataclass(frozen=True)
class Intake(Generic[F, E]):
    """One kind of filing: its tables, what its forms' tokens are signed for, and what a changed second sending is told."""

    model: type[F]
    evidence: Callable[..., E]
    salt: str
    already: Callable[[str], LazyString]

    def new_token(self) -> str:
        """A one-time token for a form, signed so that nobody can choose one."""
        return self.signed_token(secrets.token_urlsafe(24))

    def signed_token(self, content: str) -> str:
        """A token with a known content: for a demonstration that finds its own filings again, never for a citizen."""
        return self._serializer().dumps(content)

    def take(
        self,
        token: str,
        content: Content,
        facts: Sequence[object],
        *,
        make: Callable[[str], F],
        enter: Callable[[F], None],
    ) -> Taken[F]:
        """Take a filing. The same form sent again gives the same receipt and secret.

        Files are sealed into the store first, then the filing is written; when that fails, they are removed again.

        Args:
            facts: what of the form is the feature's own, to know an equal form by.
            make: a new filing for a receipt number, with what is the feature's own.
            enter: writes the filing's first line and its audit record, inside the transaction. It may refuse.

        Raises:
            AlreadyFiled: the form was sent before with other content.
            NotTaken: a file is empty, too large or of a wrong type; nothing is kept.
        """
        token = self._valid(token)
        secret = self.secret_of(token)
        digest = _content_digest(facts, content)
        earlier = self.filed_with(token)
        if earlier is not None:
            return self._again(earlier, digest, secret)
        filing = make(new_receipt(clock.today().year))
        box = current_vault().new_box(filing.box_context)
        filing.filing_digest = digest
        self.fill(filing, content, box, token)
        evidence = self.take_in(content.files, box)

        def enter_signed(entered: F) -> None:
            enter(entered)
            receipts.issue(entered, box, content.statement, evidence)

        try:
            earlier = self._enter_once(token, filing, evidence, enter_signed)
        except BaseException:
            forget(evidence)
            raise
        if earlier is not None:
            forget(evidence)
            return self._again(earlier, digest, secret)
        return Taken(filing, secret)

    def fill(self, filing: F, content: Content, box: Box, token: str) -> None:
        """Write into a new filing what every filing has, sealed in its box."""
        filing.language, filing.is_sample, filing.notify = content.language, content.is_sample, content.notify
        filing.secret_digest, filing.token_digest = secret_digest(self.secret_of(token)), _digest(token)
        filing.wrapped_key = box.wrapped
        filing.sealed_identity = sealing.seal_identity(box, content.identity)
        filing.sealed_statement = box.seal_text(content.statement, sealing.STATEMENT)

    def secret_of(self, token: str) -> str:
        """The secret that follows from a token."""
        return secret_from(current_vault().derive("complainant secrets"), token)

    def token_in(self, signed: str) -> str | None:
        """The content of a token that we signed."""
        try:
            return str(self._serializer().loads(signed))
        except BadSignature:
            return None

    def take_in(self, files: Files, box: Box) -> list[E]:
        """Seal files into the store; when one is refused, none is kept.

        Raises:
            NotTaken: naming the file and the reason.
        """
        taken: list[E] = []
        try:
            for name, stream in files:
                taken.append(seal_file(self.evidence, name, stream, box))
        except BaseException:
            forget(taken)
            raise
        return taken

    def follow(self, receipt: str, secret: str) -> F:
        """The filing of a receipt number, for whoever knows its secret.

        Raises:
            WrongSecret: for everyone else.
        """
        try:
            wanted = normalize_receipt(receipt)
        except InvalidIdentifier:
            raise WrongSecret from None
        query = select(self.model.id, self.model.secret_digest).where(self.model.receipt == wanted)
        # Compared in either case, and before anything else of it is read: the time tells nothing of which receipts exist.
        found = db.session.execute(query).one_or_none()
        if not is_secret(secret, found.secret_digest if found else "0" * 64) or found is None:
            raise WrongSecret
        return db.session.get_one(self.model, found.id)

    def renew_secret(self, filing: F, *, action: str, by: str) -> str:
        """A new secret for a filing, for whoever follows it. The old one opens nothing any more, at once.

        The new one is told once, here; only its digest is kept. ``action`` is what the audit log calls it.
        """
        secret = self.secret_of(secrets.token_urlsafe(24))
        with transaction():
            filing.secret_digest = secret_digest(secret)
            db.session.flush()
            audit.record(action, filing.subject, by)
        return secret

    def add(
        self,
        filing: F,
        text: str,
        files: Files,
        *,
        enter: Callable[[bytes | None, list[E]], None],
        bring: Callable[[], list[E]] | None = None,
    ) -> None:
        """Take a message and files of whoever filed.

        Args:
            bring: gives files that lie in the filing's box already, inside the transaction.
            enter: writes the sealed note and the files into the filing, inside the transaction. It may refuse.

        Raises:
            Invalid: neither text nor file.
            NotTaken: a file was refused; nothing of the message is kept.
        """
        if bring is None:
            require_content(text, files)
        box = sealing.open_filing(filing)
        evidence = self.take_in(files, box)
        try:
            with transaction():
                all_files = [*(bring() if bring else ()), *evidence]
                enter(sealing.seal_note(box, text), all_files)
                receipts.issue(filing, box, text.strip(), all_files)
        except BaseException:
            forget(evidence)
            raise

    def _enter_once(self, token: str, filing: F, evidence: list[E], enter: Callable[[F], None]) -> F | None:
        """Write a filing, or give the one that an equal request wrote at the same moment."""
        try:
            with transaction():
                # On SQLite the second of two equal requests finds the first here.
                earlier = self.filed_with(token)
                if earlier is None:
                    filing.evidence.extend(evidence)
                    db.session.add(filing)
                    enter(filing)
        except IntegrityError:
            # On PostgreSQL the first one's row refuses the second one's.
            earlier = self.filed_with(token)
            if earlier is None:
                raise
        return earlier

    def _again(self, earlier: F, digest: str, secret: str) -> Taken[F]:
        # A secret that was renewed is not told again: its form is spent.
        renewed = not is_secret(secret, earlier.secret_digest)
        if renewed or not hmac.compare_digest(earlier.filing_digest, digest):
            raise AlreadyFiled(earlier.receipt, self.already(earlier.receipt))
        return Taken(earlier, secret)

    def filed_with(self, token: str) -> F | None:
        """The filing that came of a token."""
        query = select(self.model).where(self.model.token_digest == _digest(token))
        return db.session.scalars(query).one_or_none()

    def _valid(self, token: str) -> str:
        """The content of a token that we signed; a new one where there is none, as from a plain client."""
        return self.token_in(token) or secrets.token_urlsafe(24)

    def _serializer(self) -> URLSafeSerializer:
        return URLSafeSerializer(current_vault().derive("filing tokens"), salt=self.salt)


def seal_file(make: Callable[..., E], name: str, stream: BinaryIO, box: Box) -> E:
    """Measure, recognise and seal one file into the store; its record is not written yet.

    Raises:
        NotTaken: naming the file and the reason; the store is as it was.
    """
    key = f"evidence/{secrets.token_hex(16)}"
    try:
        facts = current_vault().take_in(stream, name, box, key)
    except EvidenceRefused as refused:
        raise NotTaken(refused.declared_name, refused.message) from refused
    return make(
        sealed_name=box.seal_text(facts.name, sealing.FILE_NAME),
        media_type=facts.media_type,
        size=facts.size,
        sha256=facts.sha256,
        store_key=key,
        scan=facts.scan,
    )


def require_content(text: str, files: Files) -> None:
    """Refuse a message with nothing in it.

    Raises:
        Invalid: neither text nor file.
    """
    if not text.strip() and not files:
        raise Invalid({"text": _l("Please write a message or choose a file.")})


def forget(evidence: Sequence[FilingEvidence]) -> None:
    """Remove files of a filing that did not come about."""
    for item in evidence:
        current_vault().store.delete(item.store_key)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _content_digest(facts: Sequence[object], content: Content) -> str:
    """A keyed digest of what was filed: equal for equal forms, and it says nothing about their content."""
    files = []
    for name, stream in content.files:
        files.append([name, stream.seek(0, 2)])
        stream.seek(0)
    identity = asdict(content.identity)
    if not identity["contact"]:
        # As before there was such a field: a form that was sent under an earlier release is still the same form.
        del identity["contact"]
    listed = json.dumps([*facts, content.statement, identity, files], ensure_ascii=False)
    return hmac.digest(current_vault().derive("filing digests"), listed.encode(), "sha256").hex()
