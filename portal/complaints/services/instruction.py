"""What an act of staff carries beside itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from portal.complaints.rules import Finding, RefusalGround
from portal.filings.taking import Files
from portal.register.rules import ExclusionGround, RemovalGround


@dataclass(frozen=True)
class Judgement:
    """What the verification found about one allegation, and why."""

    finding: Finding | None
    grounds: str = ""


@dataclass(frozen=True)
class Instruction:
    """What an act needs beside itself; an act takes what concerns it.

    ``version`` is that of the page the person acted on; None only for acts of the system itself.

    Attributes:
        files: attachments of an on-site check or a report.
        allegations: what the complaint says is so, one text each, when it is accepted.
        judgements: by the id of an allegation; ``finding`` stands for those that are not named.
        rectify_by: the last day to rectify, of an order or of its extension.
        measures: what must be rectified, in words for the unit.
        visited_on, place, participants: of an on-site check; ``note`` says what was found.
    """

    version: int | None = None
    note: str = ""
    refusal_ground: RefusalGround | None = None
    finding: Finding | None = None
    removal_ground: RemovalGround | None = None
    exclusion_ground: ExclusionGround | None = None
    rectify_by: date | None = None
    authority: str = ""
    files: Files = ()
    allegations: tuple[str, ...] = ()
    judgements: Mapping[int, Judgement] = field(default_factory=dict)
    measures: str = ""
    visited_on: date | None = None
    place: str = ""
    participants: str = ""
