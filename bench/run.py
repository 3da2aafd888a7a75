"""The benchmark, as ratios: each figure is a multiple of a plain way to do the same, measured in the same minute.

Seconds say something of a machine; a ratio says something of the portal. The plain ways are: rows into a bare table
for the import, a scan by ``LIKE`` over the names for the search, the page that only says "alive" for the pages.
"""

from __future__ import annotations

import csv
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from portal import create_app, search
from portal.authorities.services import seed_authorities
from portal.foundation.database import db
from portal.register.services.importing import import_list
from portal.settings import ROOT, Environment, Settings

LISTS = ROOT / "portal" / "register" / "data" / "national_lists.csv"
QUERIES = ("玉龙铜", "雪莲水泥", "藏药", "ABB", "绿色", "水泥股份有限公司", "西藏", "ལྷ་ས", "hy", "91540000")
PAGES = ("/zh/", "/zh/lists/", "/zh/lists/?scope=all&category=green_factory", "/bo/search?q=水泥")
ROUNDS = 15


def seconds(act: Callable[[], object]) -> float:
    """How long an act takes, once."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def median(act: Callable[[], object]) -> float:
    """The median of several rounds, in seconds; a first round warms up and is not counted."""
    act()
    return statistics.median(seconds(act) for _ in range(ROUNDS))


def bare_table(file: Path) -> sqlite3.Connection:
    """The lists as they are, in one table without anything around it."""
    connection = sqlite3.connect(file)
    with LISTS.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.reader(lines))
    columns = ", ".join(f"c{number} TEXT" for number in range(len(rows[0])))
    connection.execute(f"CREATE TABLE lists ({columns})")
    marks = ", ".join("?" * len(rows[0]))
    connection.executemany(f"INSERT INTO lists VALUES ({marks})", [row for row in rows[1:] if len(row) == len(rows[0])])
    connection.commit()
    return connection


def scan(connection: sqlite3.Connection, query: str) -> None:
    """Look a text up in every column by LIKE."""
    width = len(connection.execute("SELECT * FROM lists LIMIT 1").fetchone())
    where = " OR ".join(f"c{number} LIKE ?" for number in range(width))
    connection.execute(f"SELECT * FROM lists WHERE {where} LIMIT 10", [f"%{query}%"] * width).fetchall()


def line(what: str, ours: float, plain: float) -> None:
    """One figure."""
    print(f"{what:<58}{ours * 1000:>11.2f} ms{plain * 1000:>11.2f} ms{ours / plain:>9.1f} x")


def measure_search(app: Flask, connection: sqlite3.Connection) -> None:
    """Every query through the engine, against the scan."""
    engine = search.index_of(app)
    ours = [median(lambda query=query: engine.search(query)) for query in QUERIES]
    plain = [median(lambda query=query: scan(connection, query)) for query in QUERIES]
    line("search, median query", statistics.median(ours), statistics.median(plain))
    line("search, slowest query", max(ours), max(plain))


def measure_pages(app: Flask) -> None:
    """Pages as a visitor gets them, against the page that only says that the portal is alive."""
    browser = app.test_client()
    plain = median(lambda: browser.get("/healthz").get_data())
    for address in PAGES:
        line(f"page {address}", median(lambda address=address: browser.get(address).get_data()), plain)


def main() -> None:
    """Measure in a folder of its own, which is gone afterwards."""
    print(f"{'':<58}{'portal':>14}{'plain':>14}{'ratio':>11}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        app = create_app(Settings(env=Environment.TEST, data_dir=folder, database_url="", rate_limits=False))
        bare: list[sqlite3.Connection] = []
        plain = seconds(lambda: bare.append(bare_table(folder / "bare.sqlite3")))
        with app.app_context():
            db.create_all()
            seed_authorities()
            line("import of the published lists", seconds(lambda: import_list(LISTS.read_bytes())), plain)
            line(
                "the same import again, which changes nothing", seconds(lambda: import_list(LISTS.read_bytes())), plain
            )
            line("rebuild of the search index", seconds(lambda: search.reindex(app)), plain)
            measure_search(app, bare[0])
            db.session.remove()
        measure_pages(app)
        bare[0].close()


if __name__ == "__main__":
    main()
