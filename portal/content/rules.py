"""What a document is, how it becomes public, and what it must have for that (Art. 13, 18, 24)."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.authorities.rules import Permission
from portal.foundation import sanitizing
from portal.foundation.languages import Language, Localized
from portal.foundation.workflow import Transition, Workflow


class DocumentType(StrEnum):
    """The columns of the portal."""

    PUBLICITY = "publicity"
    ANNOUNCEMENT = "announcement"
    POLICY = "policy"
    NEWS = "news"
    PRACTICE = "practice"
    REPORT = "report"


class DocumentState(StrEnum):
    """Where a document stands on its way to the public."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class DocumentAct(StrEnum):
    """What can be done with a document. The first is how it comes to be, and no transition."""

    DRAFT = "draft"
    REVISE = "revise"
    ATTACH = "attach"
    DETACH = "detach"
    SUBMIT = "submit"
    PUBLISH = "publish"
    SEND_BACK = "send_back"
    WITHDRAW = "withdraw"
    RESTORE = "restore"


#: Types with an address of their own; the others stand under ``documents/{type}``.
COLLECTED_TYPES = (DocumentType.POLICY, DocumentType.PRACTICE, DocumentType.NEWS, DocumentType.REPORT)

TYPE_LABELS: Mapping[DocumentType, LazyString] = {
    DocumentType.PUBLICITY: _l("Publicity"),
    DocumentType.ANNOUNCEMENT: _l("Announcements"),
    DocumentType.POLICY: _l("Policy documents"),
    DocumentType.NEWS: _l("News"),
    DocumentType.PRACTICE: _l("Good practices"),
    DocumentType.REPORT: _l("Published reports"),
}
STATE_LABELS: Mapping[DocumentState, LazyString] = {
    DocumentState.DRAFT: _l("Draft"),
    DocumentState.SUBMITTED: _l("Pending review"),
    DocumentState.PUBLISHED: _l("Published"),
    DocumentState.WITHDRAWN: _l("Withdrawn"),
}
#: The words of the timeline.
DONE_LABELS: Mapping[DocumentAct, LazyString] = {
    DocumentAct.DRAFT: _l("Draft"),
    DocumentAct.REVISE: _l("Edited"),
    DocumentAct.ATTACH: _l("Attachment added"),
    DocumentAct.DETACH: _l("Attachment removed"),
    DocumentAct.SUBMIT: _l("Submitted for review"),
    DocumentAct.PUBLISH: _l("Published"),
    DocumentAct.SEND_BACK: _l("Sent back"),
    DocumentAct.WITHDRAW: _l("Withdrawn"),
    DocumentAct.RESTORE: _l("Restored as a draft"),
}

WORKFLOW: Workflow[DocumentState, DocumentAct] = Workflow(
    (
        Transition(DocumentAct.REVISE, frozenset({DocumentState.DRAFT}), None),
        Transition(DocumentAct.ATTACH, frozenset({DocumentState.DRAFT}), None),
        Transition(DocumentAct.DETACH, frozenset({DocumentState.DRAFT}), None),
        Transition(DocumentAct.SUBMIT, frozenset({DocumentState.DRAFT}), DocumentState.SUBMITTED),
        Transition(DocumentAct.PUBLISH, frozenset({DocumentState.SUBMITTED}), DocumentState.PUBLISHED, "13"),
        Transition(DocumentAct.SEND_BACK, frozenset({DocumentState.SUBMITTED}), DocumentState.DRAFT),
        Transition(DocumentAct.WITHDRAW, frozenset({DocumentState.PUBLISHED}), DocumentState.WITHDRAWN),
        Transition(DocumentAct.RESTORE, frozenset({DocumentState.WITHDRAWN}), DocumentState.DRAFT),
    )
)

#: Who writes does not publish; who publishes does not write.
NEEDED: Mapping[DocumentAct, Permission] = {
    DocumentAct.DRAFT: Permission.DRAFT,
    DocumentAct.REVISE: Permission.DRAFT,
    DocumentAct.ATTACH: Permission.DRAFT,
    DocumentAct.DETACH: Permission.DRAFT,
    DocumentAct.SUBMIT: Permission.DRAFT,
    DocumentAct.PUBLISH: Permission.PUBLISH,
    DocumentAct.SEND_BACK: Permission.PUBLISH,
    DocumentAct.WITHDRAW: Permission.PUBLISH,
    DocumentAct.RESTORE: Permission.PUBLISH,
}
#: Acts that make a person one of those who wrote the document.
WRITING = frozenset(act for act, permission in NEEDED.items() if permission is Permission.DRAFT)
#: Acts that another person must be able to understand later.
EXPLAINED = frozenset({DocumentAct.SEND_BACK, DocumentAct.WITHDRAW})

TITLE_LENGTH, SUMMARY_LENGTH, NUMBER_LENGTH, SOURCE_LENGTH, SLUG_LENGTH = 300, 1000, 80, 200, 100
BODY_LENGTH = 400_000
NOTE_LENGTH = 1000

REQUIRED = _l("This field is required.")
TOO_LONG = _l("This text is too long.")
OLD_FONT = _l("This text was made with an old Tibetan font and cannot be read elsewhere. Please convert it to Unicode.")
CHINESE_NEEDED = _l("A Chinese text is needed before this can be published.")
BAD_SLUG = _l("Only small Latin letters, digits and single hyphens can be used here.")
FUTURE = _l("The date of issue must not lie in the future.")

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class DocumentContent:
    """What an editor writes. ``published_on`` is the date of issue; without one, the day of publication becomes it."""

    type: DocumentType
    title: Localized
    summary: Localized = field(default_factory=Localized)
    body: Localized = field(default_factory=Localized)
    number: str = ""
    source: str = ""
    published_on: date | None = None
    slug: str = ""
    is_sample: bool = False


def second_person(publisher: int | None, writers: Set[int]) -> bool:
    """Whether ``publisher`` may publish what ``writers`` wrote: nobody publishes their own draft. None is the system."""
    return publisher is None or publisher not in writers


def possible_acts(state: DocumentState, allowed: Set[Permission]) -> tuple[DocumentAct, ...]:
    """The acts for a person with the permissions ``allowed`` at the document's authority."""
    return tuple(act for act in WORKFLOW.available(state) if NEEDED[act] in allowed)


def tidy(content: DocumentContent) -> DocumentContent:
    """The content as it is kept: normalised, one-line fields on one line, bodies under the one HTML policy."""
    return replace(
        content,
        title=_each(content.title, _line),
        summary=_each(content.summary, _line),
        body=_each(content.body, _rich),
        number=_line(content.number),
        source=_line(content.source),
        slug=content.slug.strip().lower(),
    )


def content_faults(content: DocumentContent) -> dict[str, object]:
    """What keeps a content from being saved, by field (``title_bo``, ``number``, …); empty where nothing does."""
    faults: dict[str, object] = {}
    for name, limit in (("title", TITLE_LENGTH), ("summary", SUMMARY_LENGTH), ("body", BODY_LENGTH)):
        for language, text in getattr(content, name).as_dict().items():
            faults |= _text_fault(f"{name}_{language}", text, limit)
    for name, limit in (("number", NUMBER_LENGTH), ("source", SOURCE_LENGTH), ("slug", SLUG_LENGTH)):
        faults |= _text_fault(name, getattr(content, name), limit)
    if not content.title:
        faults["title_zh"] = REQUIRED
    if content.slug and not _SLUG.fullmatch(content.slug):
        faults["slug"] = BAD_SLUG
    return faults


def publication_faults(title: Localized, body: Localized, issued: date | None, today: date) -> dict[str, object]:
    """What keeps a document from being published: Chinese title and body, and no date of issue after ``today``."""
    faults: dict[str, object] = {}
    if not title.zh:
        faults["title_zh"] = CHINESE_NEEDED
    if not sanitizing.plain_text(body.zh):
        faults["body_zh"] = CHINESE_NEEDED
    if issued is not None and issued > today:
        faults["published_on"] = FUTURE
    return faults


def missing_languages(title: Localized, body: Localized) -> tuple[Language, ...]:
    """The languages in which title or body is still missing. Tibetan may come later, but everybody is told."""
    return tuple(language for language in Language if not (title.has(language) and body.has(language)))


def _text_fault(name: str, text: str, limit: int) -> dict[str, object]:
    # In a rich text the letters may hide behind numeric references.
    if sanitizing.has_private_use(html.unescape(text)):
        return {name: OLD_FONT}
    return {name: TOO_LONG} if len(text) > limit else {}


def _each(text: Localized, change: Callable[[str], str]) -> Localized:
    return Localized(**{language: change(value) for language, value in text.as_dict().items()})


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", sanitizing.normalize(text)).strip()


def _rich(text: str) -> str:
    """A body from an editor that knows HTML, or paragraphs from one who typed plain text."""
    cleaned = sanitizing.clean_html(text)
    if re.search(r"<[a-z]", cleaned):
        return cleaned
    return sanitizing.clean_html(sanitizing.paragraphs(html.unescape(cleaned)))
