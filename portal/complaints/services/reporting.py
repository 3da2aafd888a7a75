"""What the verification writes down: the allegations, on-site checks, and what was found about each allegation."""

from __future__ import annotations

import json

from portal.complaints.models import Allegation, Case, CaseEvent, Evidence
from portal.complaints.reading import ALLEGATION, DETAILS
from portal.complaints.rules import Finding, Origin, overall
from portal.complaints.services.instruction import Instruction, Judgement
from portal.filings import sealing
from portal.vault.boxes import Box


def list_allegations(case: Case, box: Box, instruction: Instruction) -> None:
    """Keep what the complaint says is so, as the officer who accepts it reads it."""
    for text in instruction.allegations:
        if text.strip():
            case.allegations.append(Allegation(sealed_text=box.seal_text(text.strip(), ALLEGATION)))


def find(case: Case, box: Box, instruction: Instruction) -> None:
    """Keep what was found about each allegation, and what follows from it on the whole."""
    findings: list[Finding] = []
    for allegation in case.allegations:
        judgement = instruction.judgements.get(allegation.id, Judgement(instruction.finding))
        allegation.finding = judgement.finding
        allegation.sealed_grounds = sealing.seal_note(box, judgement.grounds)
        if judgement.finding is not None:
            findings.append(judgement.finding)
    case.finding = overall(findings) if findings else instruction.finding


def note_details(event: CaseEvent, box: Box, instruction: Instruction) -> None:
    """Keep when and where an on-site check was made, and by whom."""
    if instruction.visited_on is None:
        return
    facts = {
        "visited_on": instruction.visited_on.isoformat(),
        "place": instruction.place.strip(),
        "participants": instruction.participants.strip(),
    }
    event.sealed_details = box.seal_text(json.dumps(facts, ensure_ascii=False), DETAILS)


def attach(case: Case, event: CaseEvent, files: list[Evidence]) -> None:
    """Put files of the staff to the act that they belong to."""
    for item in files:
        item.origin, item.event = Origin.STAFF, event
    case.evidence.extend(files)
