"""From sheets to rows of a list: the heading row, titles above it, sections inside it, and what each row says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.foundation.identifiers import InvalidIdentifier
from portal.foundation.identifiers import uscc as plausible_uscc
from portal.register import places
from portal.register.cleaning import CleanName, agency_name, is_name, name_key, split_names, tidy
from portal.register.lists import headings
from portal.register.lists.files import NO_HEADING, Sheet, UnreadableList
from portal.register.lists.headings import Field
from portal.register.rules import TIBET, Category, Level

HEADING_ROWS = 40
#: A row that adds up has a word or two where a unit has its name.
LONGEST_SUM = 6


class Fault(StrEnum):
    """Why a row cannot be taken."""

    NO_NAME = "no_name"
    NOT_A_NAME = "not_a_name"
    NO_CATEGORY = "no_category"
    NO_LEVEL = "no_level"
    NO_YEAR = "no_year"
    BAD_CODE = "bad_code"
    CODE_TAKEN = "code_taken"
    AMBIGUOUS = "ambiguous"
    REMOVAL = "removal"
    SUMMARY = "summary"


FAULT_LABELS: Mapping[Fault, LazyString] = {
    Fault.NO_NAME: _l("The row has no name."),
    Fault.NOT_A_NAME: _l("This does not look like the name of a unit."),
    Fault.NO_CATEGORY: _l("The category is missing or unknown."),
    Fault.NO_LEVEL: _l("The level is missing or unknown."),
    Fault.NO_YEAR: _l("The year is missing or not possible."),
    Fault.BAD_CODE: _l("The unified social credit code is not valid."),
    Fault.CODE_TAKEN: _l("This credit code belongs to another unit of the register."),
    Fault.AMBIGUOUS: _l("Several units have this name or credit code; the row does not say which is meant."),
    Fault.REMOVAL: _l(
        "The row says that the unit was removed. A removal comes from its announcement and not from an import."
    ),
    Fault.SUMMARY: _l("This row adds up or explains; it names no unit."),
}


@dataclass(frozen=True)
class Defaults:
    """What holds for every row that does not say otherwise."""

    category: Category | None = None
    level: Level | None = None
    year: int | None = None
    batch: str = ""
    province: str = ""
    source_url: str = ""
    source_name: str = ""
    listed_on: date | None = None
    is_sample: bool = False


@dataclass(frozen=True)
class RawRow:
    """A row as it stands in the file, with what its title and its section say."""

    sheet: str
    number: int
    values: dict[Field, str]
    cells: list[str] = field(default_factory=list)
    context: Defaults = field(default_factory=Defaults)


@dataclass(frozen=True)
class Row:
    """A row that can be taken, in the register's own words."""

    name: CleanName
    key: str
    category: Category
    level: Level
    year: int
    batch: str = ""
    name_bo: str = ""
    uscc: str | None = None
    province: str = ""
    prefecture: str = ""
    authority: str | None = None
    authority_is_said: bool = False
    agency: str = ""
    listed_on: date | None = None
    source_url: str = ""
    source_name: str = ""
    is_sample: bool = False
    name_was_rewritten: bool = False
    agency_was_rewritten: bool = False


def rows_of(sheets: Iterable[Sheet], defaults: Defaults) -> list[RawRow]:
    """Every row under the headings of the sheets, blank ones left out.

    Raises:
        UnreadableList: where no sheet has a heading row.
    """
    found = [list(_rows_of_sheet(sheet, defaults)) for sheet in sheets]
    if all(rows == [] for rows in found) and not any(_heading_row(sheet) for sheet in sheets):
        raise UnreadableList(NO_HEADING)
    return [row for rows in found for row in rows]


def normalize(raw: RawRow, today: date) -> Row | Fault:
    """The row in the register's words, or why it cannot be taken."""
    try:
        return _normalized(raw, today)
    except _Refused as refused:
        return refused.fault


class _Refused(Exception):
    """A cell that keeps its row from being taken."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault)


def _normalized(raw: RawRow, today: date) -> Row:
    values, context = raw.values, raw.context
    name = _name(raw)
    kind, level, year, batch = _list_of(values, context, today)
    if headings.is_removed(values.get(Field.STATUS, "")):
        raise _Refused(Fault.REMOVAL)
    agency = agency_name(values.get(Field.AGENCY, ""))
    source = values.get(Field.SOURCE_NAME, "") or context.source_name
    row = Row(
        name=name,
        key=name_key(name.name),
        category=kind,
        level=level,
        year=year,
        batch=batch,
        name_bo=values.get(Field.NAME_BO, ""),
        uscc=_code(values.get(Field.USCC, "")),
        agency=agency,
        listed_on=headings.day(values.get(Field.LISTED_ON, "")) or context.listed_on,
        source_url=_address(values.get(Field.SOURCE_URL, "")) or _address(source) or _address(context.source_url),
        source_name="" if _address(source) else source[:200],
        is_sample=context.is_sample,
        name_was_rewritten=name.name != values.get(Field.NAME, "").strip(),
        agency_was_rewritten=agency != values.get(Field.AGENCY, "").strip(),
    )
    return _placed(row, values, context)


def _name(raw: RawRow) -> CleanName:
    """The unit's name with its other names, from the name's cell and from one for former names."""
    name = split_names(raw.values.get(Field.NAME, ""))
    if headings.is_summary(raw.cells) and (len(name.name) <= LONGEST_SUM or not is_name(name.name)):
        raise _Refused(Fault.SUMMARY)
    if not is_name(name.name):
        raise _Refused(Fault.NOT_A_NAME if name.name else Fault.NO_NAME)
    told = map(tidy, re.split(r"[;；、\n]", raw.values.get(Field.FORMER, "")))
    former = (*name.former, *(item for item in told if is_name(item)))
    return replace(name, former=tuple(dict.fromkeys(former)))


def _list_of(values: dict[Field, str], context: Defaults, today: date) -> tuple[Category, Level, int, str]:
    """Which list the row belongs to: category, level, year and batch. What a cell says goes before what holds for all."""
    kind = headings.category(values[Field.CATEGORY]) if values.get(Field.CATEGORY) else context.category
    if kind is None:
        raise _Refused(Fault.NO_CATEGORY)
    level = headings.level(values[Field.LEVEL]) if values.get(Field.LEVEL) else context.level
    if level is None:
        raise _Refused(Fault.NO_LEVEL)
    batch = tidy(values.get(Field.BATCH, "") or context.batch)
    year = headings.year(values.get(Field.YEAR, ""), batch, level)
    year = context.year if year is None and not values.get(Field.YEAR) else year
    if year is None or not headings.is_year(year, today):
        raise _Refused(Fault.NO_YEAR)
    return kind, level, year, batch


def _code(text: str) -> str | None:
    try:
        return plausible_uscc(text) if name_key(text) else None
    except InvalidIdentifier:
        raise _Refused(Fault.BAD_CODE) from None


def _placed(row: Row, values: dict[Field, str], context: Defaults) -> Row:
    """The row with its province, its prefecture and the authority that follows from them."""
    place = values.get(Field.PREFECTURE, "")
    said = values.get(Field.AUTHORITY, "")
    province = places.province(values.get(Field.PROVINCE, "")) or places.province(context.province) or ""
    if not province and (places.prefecture(place) or places.prefecture(said)):
        province = TIBET
    where = said if places.is_zangqing(said) or places.prefecture(said) else place
    authority = places.authority_code(province, where)
    prefecture = (places.prefecture(place) if province == TIBET else "") or tidy(place)
    return replace(
        row,
        province=province,
        prefecture=prefecture[:60],
        authority=authority,
        authority_is_said=bool(said) and authority not in {None, places.DEPARTMENT},
    )


def _rows_of_sheet(sheet: Sheet, defaults: Defaults) -> Iterator[RawRow]:
    heading = _heading_row(sheet)
    if heading is None:
        return
    index, columns = heading
    above = [cell for _number, cells in sheet.rows[:index] for cell in cells if cell]
    context = _from_titles([sheet.name, *above, *_name_heading(sheet.rows[index][1], columns)], defaults)
    for number, cells in sheet.rows[index + 1 :]:
        filled = [cell for cell in cells if cell]
        if not filled:
            continue
        again = headings.understand(cells)
        if len(again) >= 2:
            columns = again
            continue
        if len(filled) == 1 and len(columns) > 1 and (section := _section(filled[0], context)):
            context = section
            continue
        values = {name: cells[at] for at, name in columns.items() if at < len(cells) and cells[at]}
        yield RawRow(sheet.name, number, values, cells, context)


def _heading_row(sheet: Sheet) -> tuple[int, dict[int, Field]] | None:
    for index, (_number, cells) in enumerate(sheet.rows[:HEADING_ROWS]):
        if columns := headings.understand(cells):
            return index, columns
    return None


def _name_heading(cells: list[str], columns: dict[int, Field]) -> list[str]:
    """The heading of the names, which may say what they are; 企业/园区名称 does not."""
    return [
        cells[at]
        for at, name in columns.items()
        if name is Field.NAME and not ("企业" in cells[at] and "园区" in cells[at])
    ]


def _from_titles(titles: list[str], defaults: Defaults) -> Defaults:
    """The defaults, with what the sheet's name and its title rows say where nothing else was given."""
    joined = " ".join(titles)
    named = next((kind for kind in (headings.category(title) for title in reversed(titles)) if kind), None)
    level = defaults.level or headings.title_level(joined)
    return replace(
        defaults,
        category=defaults.category or named,
        level=level,
        year=defaults.year or headings.year(joined, "", level),
    )


def _section(text: str, context: Defaults) -> Defaults | None:
    """What a row with a single cell opens: a category or a province. None where it opens nothing."""
    short = re.sub(r"^[（(]?[一二三四五六七八九十\d]+[)）、.．\s]+", "", text).strip()
    if len(short) > 40 or re.search(r"公司|厂$|开发区$", short):
        return None
    kind = headings.category(short)
    if kind is not None and re.search(r"名单|list|类|^绿色|^green|[:：]$", short, re.IGNORECASE):
        return replace(context, category=kind)
    province = places.province(re.sub(r"[（(].*$", "", short))
    if province and len(tidy(short)) <= len(province) + 8:
        return replace(context, province=province)
    return None


def _address(text: str) -> str:
    """A source's address; anything but a web address could be made to act when clicked."""
    return text.strip()[:1000] if re.match(r"https?://", text.strip(), re.IGNORECASE) else ""
