"""Indexes to search in: the real names of the national lists, and Tibetan texts of the region."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from portal.search.protocol import Entry
from portal.search.whoosh_engine import WhooshIndex

NAMES = Path(__file__).with_name("names.csv")

PREFECTURES = {
    "拉萨市": "ལྷ་ས་གྲོང་ཁྱེར",
    "日喀则市": "གཞིས་ཀ་རྩེ་གྲོང་ཁྱེར",
    "昌都市": "ཆབ་མདོ་གྲོང་ཁྱེར",
    "林芝市": "ཉིང་ཁྲི་གྲོང་ཁྱེར",
    "山南市": "ལྷོ་ཁ་གྲོང་ཁྱེར",
    "那曲市": "ནག་ཆུ་གྲོང་ཁྱེར",
    "阿里地区": "མངའ་རིས་ས་ཁུལ",
}
BUREAU = "དཔལ་འབྱོར་དང་ཆ་འཕྲིན་ཅན་ཅུས"

TIBETAN_DOCUMENTS = {
    "document:factories": "2024ལོའི་ལྗང་མདོག་བཟོ་གྲྭའི་མིང་ཐོའི་གསལ་བསྒྲགས།",
    "document:parks": "ལྗང་མདོག་བཟོ་ལས་གླིང་ཁུལ་གྱི་མིང་ཐོ་སྤྱི་བསྒྲགས།",
    "document:standard": "ལྗང་མདོག་བཟོ་སྐྲུན་གྱི་ཚད་གཞི།",
    "document:complaint": "མང་ཚོགས་ཀྱིས་ཞུ་གཏུག་བྱེད་པའི་མཛུབ་ཁྲིད།",
    "document:energy": "ནུས་ཁུངས་གྲོན་ཆུང་དང་ཁོར་ཡུག་སྲུང་སྐྱོབ།",
    "document:training": "སྐས་རིམ་གསོ་སྐྱོང་བྱེད་སྟངས་ཚོད་ལྟའི་ལག་བསྟར།",
}


def units() -> list[Entry]:
    """Every row of the national lists as an entry."""
    with NAMES.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return [
        Entry(
            key=f"unit:{number}",
            kind="unit",
            names=(row["unit_name"],),
            body=f"{row['category']}\n{row['province']}",
            facets={
                "category": (row["category"],),
                "year": (row["year"],),
                "scope": ("region",) if row["province"] == "西藏" else (),
            },
            boost=float(row["province"] == "西藏"),
        )
        for number, row in enumerate(rows)
    ]


def tibetan_entries() -> list[Entry]:
    """Authorities with names in both languages, and documents in Tibetan."""
    agencies = [
        Entry(key=f"agency:{zh}", kind="agency", names=(f"{zh}经济和信息化局", f"{bo}་{BUREAU}"), boost=1.0)
        for zh, bo in PREFECTURES.items()
    ]
    documents = [
        Entry(key=key, kind="document", subtype="policy", titles=(title,), date=date(2024, 5, day))
        for day, (key, title) in enumerate(TIBETAN_DOCUMENTS.items(), 1)
    ]
    visit = Entry(
        key="document:visit",
        kind="document",
        subtype="news",
        titles=("ཐོན་ལས་སྡེ་ཁག་གི་གནས་ཚུལ།",),
        body="འགོ་ཁྲིད་ཀྱིས་ཁ་སང་ལྷ་སའི་བཟོ་གྲྭ་ཁག་ལ་རྟོག་ཞིབ་གནང་། རྗེས་སུ་གཞིས་རྩེར་ཕེབས།",
        date=date(2024, 6, 1),
    )
    return [*agencies, *documents, visit]


@pytest.fixture(scope="session")
def names() -> dict[str, str]:
    """The key of every real unit with its name."""
    return {entry.key: entry.names[0] for entry in units()}


@pytest.fixture(scope="session")
def listed(tmp_path_factory: pytest.TempPathFactory) -> WhooshIndex:
    """An index of 2,509 real names and the Tibetan entries; tests only read it."""
    index = WhooshIndex(tmp_path_factory.mktemp("listed"))
    index.rebuild([*units(), *tibetan_entries()])
    return index


@pytest.fixture
def index(tmp_path: Path) -> WhooshIndex:
    """An empty index of a test's own."""
    return WhooshIndex(tmp_path / "search")
