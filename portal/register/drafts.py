"""The announcements that a decision drafts, in all languages of the portal, for an editor to go through."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup, escape

from portal.content.rules import DocumentContent, DocumentType
from portal.foundation.languages import LANGUAGES, Language, Localized
from portal.register.models import Agency, ListEntry, Unit
from portal.register.rules import (
    CATEGORY_LABELS,
    EXCLUSION_ARTICLE,
    EXCLUSION_LABELS,
    REMOVAL_ARTICLES,
    REMOVAL_LABELS,
    ExclusionGround,
    RemovalGround,
    level_label,
)
from portal.rulebook.citing import cite


def removal_announcement(unit: Unit, entries: Sequence[ListEntry], ground: RemovalGround) -> DocumentContent:
    """The announcement that ends entries of a unit (Art. 18)."""

    def title(name: str) -> str:
        return str(_("Announcement on the removal of %(unit)s from the green manufacturing list", unit=name))

    def body(name: str, language: Language) -> Sequence[str]:
        return [
            _(
                "In accordance with %(articles)s of the implementing rules, and after determination by the department, "
                "%(unit)s is removed from the green manufacturing list. The removal takes effect on the day of this announcement.",
                articles=cite(REMOVAL_ARTICLES[ground], language),
                unit=name,
            ),
            _("Ground: %(ground)s", ground=REMOVAL_LABELS[ground]),
            *(
                f"{CATEGORY_LABELS[entry.category]} · {level_label(entry.level, in_region=unit.in_region)} · {entry.year}"
                for entry in entries
            ),
        ]

    return _content(title, body, {Language.BO: unit.name_bo}, unit.name, is_sample=unit.is_sample)


def exclusion_announcement(agency: Agency, ground: ExclusionGround, years: int) -> DocumentContent:
    """The announcement that excludes an agency from evaluation in the region for some years (Art. 22)."""

    def title(name: str) -> str:
        return str(_("Announcement on the exclusion of the evaluation agency %(agency)s", agency=name))

    def body(name: str, language: Language) -> Sequence[str]:
        return [
            _(
                "In accordance with %(articles)s of the implementing rules, and after determination by the department, "
                "%(agency)s may not evaluate for green manufacturing in the region for %(years)s years from the day of this announcement.",
                articles=cite(EXCLUSION_ARTICLE, language),
                agency=name,
                years=years,
            ),
            _("Ground: %(ground)s", ground=EXCLUSION_LABELS[ground]),
        ]

    return _content(title, body, {}, agency.name, is_sample=agency.is_sample)


def _content(
    title: Callable[[str], str],
    body: Callable[[str, Language], Sequence[str]],
    names: dict[Language, str],
    name: str,
    *,
    is_sample: bool,
) -> DocumentContent:
    titles: dict[str, str] = {}
    bodies: dict[str, str] = {}
    for language, facts in LANGUAGES.items():
        with force_locale(facts.locale):
            own = names.get(language) or name
            titles[language] = title(own)
            bodies[language] = "".join(_paragraph(text, own, language) for text in body(own, language))
    return DocumentContent(
        type=DocumentType.ANNOUNCEMENT,
        title=Localized(**titles),
        body=Localized(**bodies),
        is_sample=is_sample,
    )


def _paragraph(text: str, name: str, language: Language) -> str:
    """A paragraph in which a Chinese name within another language carries its own ``lang``."""
    shown = escape(text)
    if language is not Language.ZH and not any("\u0f00" <= letter <= "\u0fff" for letter in name):
        marked = Markup('<span lang="zh-Hans-CN">{}</span>').format(name)
        shown = Markup(str(shown).replace(str(escape(name)), str(marked)))  # noqa: S704 - both parts are escaped
    return f"<p>{shown}</p>"
