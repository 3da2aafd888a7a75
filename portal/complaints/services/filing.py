"""Filing: a real-name complaint with evidence, taken once, sealed before it touches disk or database."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import BinaryIO

from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select

from portal.complaints import clocks, sealing
from portal.complaints.models import Case, CaseEvent, Evidence
from portal.complaints.respondents import Respondent
from portal.complaints.rules import CaseAct, CaseStatus, ProblemKind
from portal.complaints.sealing import Identity
from portal.foundation import audit, clock
from portal.foundation.database import db, transaction
from portal.foundation.errors import DomainError
from portal.foundation.identifiers import new_receipt, secret_digest, secret_from
from portal.foundation.languages import Language
from portal.vault import current_vault
from portal.vault.boxes import Box
from portal.vault.evidence import EvidenceRefused

COMPLAINANT = "complainant"


class AlreadyFiled(DomainError):
    """The same form was sent before with other content; ``receipt`` is what came of it then."""

    status = 409

    def __init__(self, receipt: str) -> None:
        self.receipt = receipt
        self.message = _l(
            "This form has already been received under receipt number %(receipt)s. What you want to add can be sent to that "
            "case with receipt number and secret; for another complaint, open a new form.",
            receipt=receipt,
        )
        super().__init__("form sent twice")


class NotTaken(DomainError):
    """A file of the filing was refused; ``name`` says which, ``why`` in words."""

    def __init__(self, name: str, why: object) -> None:
        self.name, self.why = name, why
        super().__init__("evidence refused")


@dataclass(frozen=True)
class Filing:
    """A complaint as it comes from a form whose shape has been checked."""

    respondent: Respondent
    problem_kind: ProblemKind
    statement: str
    identity: Identity
    language: Language = Language.ZH
    is_sample: bool = False
    files: Sequence[tuple[str, BinaryIO]] = field(default_factory=tuple)


@dataclass(frozen=True)
class Filed:
    """What the complainant keeps. The secret is shown once and not kept in clear."""

    case: Case
    secret: str


def new_token() -> str:
    """A one-time token for a form, signed so that nobody can choose one."""
    return signed_token(secrets.token_urlsafe(24))


def signed_token(content: str) -> str:
    """A token with a known content: for a demonstration that finds its own complaints again, never for a citizen."""
    return _serializer().dumps(content)


def file_complaint(filing: Filing, token: str) -> Filed:
    """Take a complaint (Art. 24). The same form sent again gives the same receipt and secret.

    Files are sealed into the store first, then the case is written; when that fails, the files are removed again.

    Raises:
        NotOurs: the unit stands under none of the nine authorities.
        AlreadyFiled: the form was sent before with other content.
        NotTaken: a file is empty, too large or of a wrong type; nothing is kept.
    """
    authority_id = filing.respondent.authority_id()
    token = _valid(token)
    secret = secret_from(current_vault().derive("complainant secrets"), token)
    digest = _filing_digest(filing)
    earlier = _filed_with(token)
    if earlier is not None:
        return _again(earlier, digest, secret)
    receipt = new_receipt(clock.today().year)
    case = _case(filing, receipt, authority_id)
    case.secret_digest, case.token_digest, case.filing_digest = secret_digest(secret), _digest(token), digest
    box = current_vault().new_box(case.box_context)
    case.wrapped_key = box.wrapped
    case.sealed_identity = sealing.seal_identity(box, filing.identity)
    case.sealed_statement = box.seal_text(filing.statement, sealing.STATEMENT)
    evidence = take_in(filing.files, box)
    try:
        with transaction():
            # Of two equal requests at the same moment the second finds the first here.
            earlier = _filed_with(token)
            if earlier is None:
                case.evidence.extend(evidence)
                case.events.append(CaseEvent(act=CaseAct.FILE, public=True, at=case.filed_at))
                db.session.add(case)
                db.session.flush()
                audit.record(
                    "complaints.case.filed",
                    case.subject,
                    COMPLAINANT,
                    {"authority": authority_id, "problem": case.problem_kind, "files": len(evidence)},
                )
    except BaseException:
        forget(evidence)
        raise
    if earlier is not None:
        forget(evidence)
        return _again(earlier, digest, secret)
    return Filed(case, secret)


def take_in(files: Sequence[tuple[str, BinaryIO]], box: Box) -> list[Evidence]:
    """Seal files into the store; when one is refused, none is kept.

    Raises:
        NotTaken: naming the file and the reason.
    """
    vault = current_vault()
    taken: list[Evidence] = []
    try:
        for name, stream in files:
            key = f"evidence/{secrets.token_hex(16)}"
            facts = vault.take_in(stream, name, box, key)
            taken.append(
                Evidence(
                    sealed_name=box.seal_text(facts.name, sealing.FILE_NAME),
                    media_type=facts.media_type,
                    size=facts.size,
                    sha256=facts.sha256,
                    store_key=key,
                )
            )
    except EvidenceRefused as refused:
        forget(taken)
        raise NotTaken(refused.declared_name, refused.message) from refused
    except BaseException:
        forget(taken)
        raise
    return taken


def forget(evidence: Sequence[Evidence]) -> None:
    """Remove files of a filing that did not come about."""
    for item in evidence:
        current_vault().store.delete(item.store_key)


def _case(filing: Filing, receipt: str, authority_id: int) -> Case:
    respondent = filing.respondent
    case = Case(
        receipt=receipt,
        language=filing.language,
        respondent_kind=respondent.kind,
        respondent_name=respondent.name,
        unit_id=respondent.unit.id if respondent.unit else None,
        agency_id=respondent.agency.id if respondent.agency else None,
        evaluated_unit_id=respondent.evaluated_unit.id if respondent.evaluated_unit else None,
        problem_kind=filing.problem_kind,
        authority_id=authority_id,
        filed_at=clock.now(),
        is_sample=filing.is_sample,
    )
    clocks.step(case, CaseStatus.FILED, clock.today())
    case.status = CaseStatus.FILED
    return case


def _again(earlier: Case, digest: str, secret: str) -> Filed:
    if not hmac.compare_digest(earlier.filing_digest, digest):
        raise AlreadyFiled(earlier.receipt)
    return Filed(earlier, secret)


def _filed_with(token: str) -> Case | None:
    return db.session.scalars(select(Case).where(Case.token_digest == _digest(token))).one_or_none()


def _valid(token: str) -> str:
    """The content of a token that we signed; a new one where there is none, as from a plain client."""
    try:
        return str(_serializer().loads(token))
    except BadSignature:
        return secrets.token_urlsafe(24)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_vault().derive("filing tokens"), salt="complaint form")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _filing_digest(filing: Filing) -> str:
    """A keyed digest of what was filed: equal for equal forms, and it says nothing about their content."""
    files = []
    for name, stream in filing.files:
        files.append([name, stream.seek(0, 2)])
        stream.seek(0)
    content = json.dumps(
        [
            filing.respondent.name,
            filing.respondent.unit.id if filing.respondent.unit else None,
            filing.respondent.agency.id if filing.respondent.agency else None,
            filing.problem_kind,
            filing.statement,
            asdict(filing.identity),
            files,
        ],
        ensure_ascii=False,
    )
    return hmac.digest(current_vault().derive("filing digests"), content.encode(), "sha256").hex()
