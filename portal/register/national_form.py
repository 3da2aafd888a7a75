"""The region's lists as the ministry's platform takes them: a sheet for each category, under the ministry's headings.

The headings are those of the lists that the ministry publishes (序号, 地区, the name, 第三方评价机构名称) with the credit
code that its platform asks for. The form is Chinese in every language of the desk, since the ministry reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from portal.register.exports import AnyEntry
from portal.register.rules import Category

SPOOL = 4 * 1024**2
PIECE = 65536
WIDTHS = (8, 14, 44, 24, 44, 12, 30)


@dataclass(frozen=True)
class Sheet:
    """How the ministry calls a list and the units on it."""

    title: str
    name: str


SHEETS: Mapping[Category, Sheet] = {
    Category.FACTORY: Sheet("绿色工厂", "工厂名称"),
    Category.PARK: Sheet("绿色工业园区", "园区名称"),
    Category.SUPPLY_CHAIN: Sheet("绿色供应链管理企业", "企业名称"),
}


def headings(sheet: Sheet) -> tuple[str, ...]:
    """The columns in order."""
    return ("序号", "地区", sheet.name, "统一社会信用代码", "第三方评价机构名称", "年份", "推荐单位")


def rows(category: Category, entries: Iterable[AnyEntry]) -> Iterator[tuple[str, ...]]:
    """The rows of one sheet, numbered from 1; a self-evaluated unit has no agency (Art. 11)."""
    chosen = (entry for entry in entries if entry.category is category)
    for number, entry in enumerate(chosen, start=1):
        unit = entry.unit
        yield (
            str(number),
            unit.province,
            unit.name,
            unit.uscc or "",
            entry.agency.name if entry.agency else "",
            str(entry.year),
            unit.authority.name.zh if unit.authority else "",
        )


def workbook(entries: Iterable[AnyEntry]) -> Iterator[bytes]:
    """The form in portions. Its cells are text, so that nothing in them is ever a formula."""
    known = list(entries)
    book = Workbook(write_only=True)
    for category, sheet in SHEETS.items():
        page = book.create_sheet(sheet.title)
        page.freeze_panes = "A2"
        for letter, width in zip("ABCDEFG", WIDTHS, strict=True):
            page.column_dimensions[letter].width = width
        for values in (headings(sheet), *rows(category, known)):
            cells = [WriteOnlyCell(page, value) for value in values]
            for cell in cells:
                cell.data_type = "s"
            page.append(cells)
    with SpooledTemporaryFile(SPOOL) as file:
        book.save(file)
        file.seek(0)
        while portion := file.read(PIECE):
            yield portion
