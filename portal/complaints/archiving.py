"""What goes into the archive of a case, and in which form: readable in both languages, and readable by programs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from flask import current_app
from sqlalchemy import select

from portal.complaints import reading
from portal.complaints.models import Case
from portal.filings import receipts, sealing
from portal.filings.sealing import Identity
from portal.foundation import clock
from portal.foundation.audit import AuditRecord
from portal.foundation.database import db
from portal.foundation.languages import LANGUAGES, Language, speaking
from portal.settings import Settings
from portal.vault import current_vault
from portal.vault.boxes import Box
from portal.vault.packing import Entry, text
from portal.vault.scanning import ScanState
from portal.vault.store import FileMissing

BOTH = (Language.ZH, Language.BO)
LONGEST_NAME = 80
_UNSAFE = re.compile(r"[^\w.\-]+")


def entries(case: Case, identity: Identity | None, address: str) -> list[Entry]:
    """Every file of the archive. The texts are made here; the evidence is opened as it is written.

    Args:
        identity: who complained, where it was opened for the archive.
        address: where the portal's public keys are.
    """
    box = sealing.open_filing(case)
    opened = sealing.opened(case, for_filer=False)
    evidence, left_out = _evidence(case, box)
    made = [text("README.txt", _readme(case, address)), text("statement.txt", opened.statement)]
    for language in BOTH:
        page = _rendered(
            "complaints/archive.html",
            language,
            case=case,
            opened=opened,
            account=reading.account(case),
            identity=identity,
        )
        made.append(text(f"timeline.{language}.html", page))
    made.append(text("case.json", _json(_facts(case, opened, left_out))))
    made += [text(f"receipts/{item.name}", item.token + "\n") for item in receipts.of(case)]
    if identity is not None:
        made.append(text("identity.json", _json(asdict(identity))))
    made.append(text("audit.jsonl", "".join(f"{line}\n" for line in _audit(case))))
    made.append(text("jwks.json", _json(current_vault().signing.jwks())))
    return made + evidence


def _evidence(case: Case, box: Box) -> tuple[list[Entry], list[dict[str, str]]]:
    """The files of a case, and what is left out with its reason."""
    found, left_out = [], []
    for number, item in enumerate(case.evidence if case.erased_at is None else (), 1):
        path = f"evidence/{number:03d}-{_safe(sealing.file_name_of(item, box))}"
        why = "harmful" if item.scan is ScanState.INFECTED else ""
        if not why and not current_vault().store.exists(item.store_key):
            why = "missing"
        if why:
            left_out.append({"path": path, "sha256": item.sha256, "why": why})
        else:
            found.append(Entry(path, _read(box, item.store_key), item.size))
    return found, left_out


def _read(box: Box, key: str) -> Iterator[bytes]:
    """A file, opened when its turn comes: an archive may have more of them than a process may hold open."""
    try:
        yield from current_vault().read_back(box, key)
    except FileMissing:
        # It was there a moment ago. What is cut off shows as such; an empty file would not.
        raise RuntimeError("a file of the archive has gone while it was written") from None


def _facts(case: Case, opened: sealing.Opened, left_out: Sequence[dict[str, str]]) -> dict[str, Any]:
    account = reading.account(case)
    return {
        "receipt": case.receipt,
        "filed_at": _moment(case.filed_at),
        "is_sample": case.is_sample,
        "channel": case.channel,
        "assurance": case.assurance,
        "respondent": {"kind": case.respondent_kind, "name": case.respondent_name},
        "problem_kind": case.problem_kind,
        "authority": case.authority.code,
        "status": case.status,
        "refusal_ground": case.refusal_ground,
        "finding": case.finding,
        "outcome": case.outcome,
        "ground": case.ground or None,
        "allegations": [
            {"text": item.text, "finding": item.finding, "grounds": item.grounds} for item in account.allegations
        ],
        "timeline": [
            {
                "at": _moment(entry.event.at),
                "act": entry.event.act,
                "person": entry.event.person.name if entry.event.person else None,
                "authority": entry.event.authority.code if entry.event.authority else None,
                "note": entry.note,
                "check": _check(account.checks.get(entry.event.id)),
                "files": [item.sha256 for item in account.files.get(entry.event.id, ())],
            }
            for entry in opened.timeline
        ],
        "files": [{"name": item.name, "media_type": item.media_type, "sha256": item.sha256} for item in opened.files],
        "left_out": list(left_out),
    }


def _check(check: reading.OnSiteCheck | None) -> dict[str, str] | None:
    if check is None:
        return None
    return {"visited_on": check.visited_on.isoformat(), "place": check.place, "participants": check.participants}


def _audit(case: Case) -> Iterator[str]:
    """The records of the case, each with its digest and the one before it, as the log has them."""
    query = select(AuditRecord).where(AuditRecord.subject == case.subject).order_by(AuditRecord.id)
    for record in db.session.scalars(query):
        facts = {
            "id": record.id,
            "at": record.at.isoformat(timespec="microseconds"),
            "actor": record.actor,
            "action": record.action,
            "subject": record.subject,
            "data": record.data,
            "previous": record.previous,
            "digest": record.digest,
        }
        yield json.dumps(facts, ensure_ascii=False)


def _readme(case: Case, address: str) -> str:
    languages = (*BOTH, Language.EN)
    return "\n\n".join(
        _rendered("complaints/archive.txt", language, case=case, address=address) for language in languages
    )


def _rendered(name: str, language: Language, **facts: object) -> str:
    """A text of the archive. It is made without a request: nothing of the page at hand may come into it."""
    settings: Settings = current_app.extensions["portal.settings"]
    template = current_app.jinja_env.get_template(name)
    with speaking(language):
        return template.render(
            **facts,
            language=language,
            html_lang=LANGUAGES[language].html,
            site_name=settings.site_names()[language],
        )


def _safe(name: str) -> str:
    """A file's name without anything that could mean a place or a command; letters of every script stay."""
    plain = _UNSAFE.sub("_", name.replace("\\", "/").rpartition("/")[2]).lstrip(".")
    stem, dot, kind = plain.rpartition(".")
    return f"{stem[:LONGEST_NAME]}{dot}{kind[:12]}" if dot else plain[:LONGEST_NAME] or "file"


def _moment(value: Any) -> str:
    return clock.local(value).isoformat(timespec="seconds")


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
