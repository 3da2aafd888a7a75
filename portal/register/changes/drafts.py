"""The announcement that several removals and changes share, in all languages of the portal, for an editor to go through."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup

from portal.content.rules import DocumentContent, DocumentType
from portal.foundation.languages import LANGUAGES, Language, Localized
from portal.register.changes.models import ChangeStatement
from portal.register.changes.rules import CHANGE_ARTICLE, KIND_LABELS, ChangeKind
from portal.register.drafts import removal_announcement
from portal.register.models import ListEntry, PendingAct, Unit
from portal.register.rules import CATEGORY_LABELS, REMOVAL_ARTICLES, REMOVAL_LABELS, RemovalGround, level_label
from portal.rulebook.citing import cite


def announcement(acts: Sequence[PendingAct], statements: Sequence[ChangeStatement]) -> DocumentContent:
    """The text for some decisions; for the removal of one unit alone the one that has always been written."""
    removals = [(act, act.entry) for act in acts if act.entry is not None]
    grounds = {act.ground for act, _entry in removals}
    units = {entry.unit_id: entry.unit for _act, entry in removals}
    if not statements and len(units) == 1 and len(grounds) == 1:
        (unit,), (ground,) = units.values(), grounds
        return removal_announcement(unit, [entry for _act, entry in removals], RemovalGround(ground))
    titles, bodies = {}, {}
    for language, facts in LANGUAGES.items():
        with force_locale(facts.locale):
            titles[language] = str(_("Announcement on removals from and changes to the green manufacturing list"))
            bodies[language] = _body(removals, statements, language)
    return DocumentContent(
        type=DocumentType.ANNOUNCEMENT,
        title=Localized(**titles),
        body=Localized(**bodies),
        is_sample=any(unit.is_sample for unit in chain(units.values(), (item.unit for item in statements))),
    )


def _body(
    removals: Sequence[tuple[PendingAct, ListEntry]], statements: Sequence[ChangeStatement], language: Language
) -> str:
    articles = {REMOVAL_ARTICLES[RemovalGround(act.ground)] for act, _entry in removals}
    articles |= {CHANGE_ARTICLE} if statements else set()
    # Each article once, though several grounds rest upon it.
    cited = sorted({part.strip() for text in articles for part in text.split(",")}, key=_order)
    intro = _(
        "In accordance with %(articles)s of the implementing rules, the following is announced. "
        "It takes effect on the day of this announcement.",
        articles=cite(", ".join(cited), language),
    )
    parts = [Markup("<p>{}</p>").format(intro)]
    if removals:
        parts.append(_removed(removals, language))
    if statements:
        parts.append(_changed(statements, language))
    return str(Markup().join(parts))


def _removed(removals: Sequence[tuple[PendingAct, ListEntry]], language: Language) -> Markup:
    rows = [
        (_name(entry.unit, language), _entry(entry), REMOVAL_LABELS[RemovalGround(act.ground)])
        for act, entry in removals
    ]
    return _table(_("Removed"), (_("Unit name"), _("List entries"), _("Ground")), rows)


def _entry(entry: ListEntry) -> str:
    level = level_label(entry.level, in_region=entry.unit.in_region)
    return f"{CATEGORY_LABELS[entry.category]} · {level} · {entry.year}"


def _changed(statements: Sequence[ChangeStatement], language: Language) -> Markup:
    rows = [
        (_chinese(item.old_name, language), KIND_LABELS[item.kind], *_before_and_after(item, language))
        for item in statements
    ]
    return _table(_("Changed"), (_("Unit name"), _("Change"), _("Before"), _("After")), rows)


def _before_and_after(item: ChangeStatement, language: Language) -> tuple[object, object]:
    if item.kind is ChangeKind.RENAMED:
        new = item.new_name_bo if language is Language.BO else ""
        return _chinese(item.old_name, language), new or _chinese(item.new_name, language)
    if item.kind is ChangeKind.RELOCATED and item.new_authority is not None:
        return item.authority.name, item.new_authority.name
    return "", _chinese(item.text, language)


def _table(heading: str, headings: Iterable[object], rows: Iterable[Iterable[object]]) -> Markup:
    head = Markup().join(Markup('<th scope="col">{}</th>').format(cell) for cell in headings)
    lines = Markup().join(
        Markup("<tr>{}</tr>").format(Markup().join(Markup("<td>{}</td>").format(cell) for cell in row)) for row in rows
    )
    return Markup("<h2>{}</h2><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(heading, head, lines)


def _name(unit: Unit, language: Language) -> object:
    return unit.name_bo if language is Language.BO and unit.name_bo else _chinese(unit.name, language)


def _chinese(text: str, language: Language) -> object:
    """A registered Chinese name or text within another language carries its own ``lang``."""
    if language is Language.ZH or any("\u0f00" <= letter <= "\u0fff" for letter in text):
        return text
    return Markup('<span lang="zh-Hans-CN">{}</span>').format(text)


def _order(reference: str) -> tuple[int, str]:
    number, _bracket, item = reference.partition("(")
    return int(number), item
