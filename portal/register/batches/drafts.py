"""The notice and the announcement that a round drafts, in all languages of the portal, for an editor to go through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import escape

from portal.content.rules import DocumentContent, DocumentType
from portal.foundation.languages import LANGUAGES, Language, Localized
from portal.register.batches.models import Batch
from portal.register.batches.rules import LISTING_ARTICLE, CandidateState
from portal.register.rules import level_label
from portal.rulebook.citing import cite


def publicity_notice(batch: Batch, candidates: int, days: int) -> DocumentContent:
    """The notice of a publicity (Art. 13). The candidates themselves stand in a table beside it.

    Args:
        days: how many working days the window will have.
    """

    def title(level: object) -> str:
        return str(
            _(
                "Publicity of the candidates for the green manufacturing list of %(year)s (%(level)s)",
                year=batch.year,
                level=level,
            )
        )

    def body(articles: str) -> list[str]:
        return [
            _(
                "In accordance with %(articles)s of the implementing rules, after recommendation by the authorities, "
                "expert review and consultation of the departments concerned, %(n)s candidates are publicised.",
                articles=articles,
                n=candidates,
            ),
            _(
                "The publicity lasts %(n)s working days. Whoever objects may state so within this time, under their real name.",
                n=days,
            ),
        ]

    return _content(DocumentType.PUBLICITY, batch, title, body)


def list_announcement(batch: Batch, outcomes: Sequence[CandidateState]) -> DocumentContent:
    """The announcement of the list (Art. 13), with the reconciliation of what was publicised in numbers."""
    counted = Counter(outcomes)

    def title(level: object) -> str:
        return str(
            _("Announcement of the green manufacturing list of %(year)s (%(level)s)", year=batch.year, level=level)
        )

    def body(articles: str) -> list[str]:
        return [
            _(
                "In accordance with %(articles)s of the implementing rules, and after publicity, %(n)s units are entered in "
                "the green manufacturing list. The listing takes effect on the day of this announcement.",
                articles=articles,
                n=counted[CandidateState.LISTED],
            ),
            _(
                "Of %(n)s publicised candidates %(listed)s are listed, %(held)s are held back and %(dropped)s are not listed.",
                n=len(outcomes),
                listed=counted[CandidateState.LISTED],
                held=counted[CandidateState.HELD],
                dropped=counted[CandidateState.DROPPED],
            ),
        ]

    return _content(DocumentType.ANNOUNCEMENT, batch, title, body)


def in_all_languages(words: Callable[[Language], object]) -> Localized:
    """A text of the catalogues in every language."""
    found: dict[str, str] = {}
    for language, facts in LANGUAGES.items():
        with force_locale(facts.locale):
            found[language] = str(words(language))
    return Localized(**found)


def _content(
    kind: DocumentType, batch: Batch, title: Callable[[object], str], body: Callable[[str], list[str]]
) -> DocumentContent:
    def paragraphs(language: Language) -> str:
        return "".join(f"<p>{escape(text)}</p>" for text in body(cite(LISTING_ARTICLE, language)))

    return DocumentContent(
        type=kind,
        title=in_all_languages(lambda _language: title(level_label(batch.level, in_region=True))),
        body=in_all_languages(paragraphs),
        is_sample=batch.is_sample,
    )
