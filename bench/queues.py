"""The queues of the desk with 100 cases and with 100,000, as ratios: nobody may wait longer because others complained."""

from __future__ import annotations

import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from bench.cases import FULL, sow
from portal import create_app
from portal.authorities import queries, services
from portal.authorities.rules import Role
from portal.foundation.database import db
from portal.settings import Environment, Settings

FEW, MANY = 100, 100_000
ROUNDS = 9
#: The ratio above which the benchmark has failed.
LIMIT = 3.0
PASSWORD = "correct horse battery"
PEOPLE = {
    "officer": (Role.PREFECTURE_OFFICER, "lhasa"),
    "determiner": (Role.DEPARTMENT_DETERMINER, "department"),
}
PAGES = {
    "officer": (
        "/desk/verification/",
        "/desk/verification/?status=closed",
        "/desk/verification/?whose=nobody",
        "/desk/verification/?whose=mine",
        "/desk/verification/?within=overdue&problem=pollution",
        "/desk/verification/?sort=changed",
        "/desk/verification/?q=第37号",
    ),
    "determiner": (
        "/desk/determination/",
        "/desk/determination/?status=closed&sort=received",
        "/desk/determination/?authority=lhasa&within=7",
        "/desk/determination/?q=没有这样的单位",
        "/desk/determination/?deep",
    ),
}


def seconds(browser: FlaskClient, address: str) -> float:
    """What a page costs the server, in seconds of its processor: others may work on the machine meanwhile."""
    start = time.process_time()
    answer = browser.get(address)
    taken = time.process_time() - start
    if answer.status_code != 200:
        raise SystemExit(f"{address}: {answer.status_code}")
    return taken


def compare(address: str, few: FlaskClient, many: FlaskClient) -> tuple[float, float]:
    """The medians of the full first page with few cases and of a page with many, asked in turn.

    The first round warms up and is not counted.
    """
    first = address.partition("?")[0]
    there = deep(many, first) if address.endswith("deep") else address
    rounds = [(seconds(few, first), seconds(many, there)) for _ in range(ROUNDS + 1)][1:]
    return statistics.median(quick for quick, _ in rounds), statistics.median(slow for _, slow in rounds)


def deep(browser: FlaskClient, address: str) -> str:
    """The address of the fourth page of the closed cases."""
    address += "?status=closed"
    for _ in range(3):
        following = re.search(r'rel="next" href="([^"]+)"', browser.get(address).text)
        if following is None:
            return address
        address = following.group(1).replace("&amp;", "&")
    return address


def open_accounts(app: Flask) -> None:
    """The nine authorities, an officer and a determiner."""
    with app.app_context():
        db.create_all()
        services.seed_authorities()
        for role, code in PEOPLE.values():
            authority = queries.authority_by_code(code)
            if authority is None:
                raise SystemExit(code)
            services.create_account(f"{role}@portal.test", str(role), authority, {role}, PASSWORD)


def log_in(app: Flask, role: Role) -> FlaskClient:
    """A browser of a member of staff."""
    browser = app.test_client()
    browser.post("/desk/login", data={"email": f"{role}@portal.test", "password": PASSWORD})
    return browser


def portal_with(folder: Path, cases: int) -> dict[str, FlaskClient]:
    """A portal of its own with so many cases, the first hundred of them at one authority, and its people's browsers."""
    app = create_app(Settings(env=Environment.TEST, data_dir=folder, database_url="", rate_limits=False))
    app.config.update(WTF_CSRF_ENABLED=False)
    open_accounts(app)
    with app.app_context():
        sow(FEW, only="lhasa", states=FULL)
        sow(cases - FEW)
    return {who: log_in(app, role) for who, (role, _code) in PEOPLE.items()}


def main() -> None:
    """Measure in folders of its own; exit with 1 where a page is slower than it may be."""
    worst = 0.0
    with tempfile.TemporaryDirectory() as small, tempfile.TemporaryDirectory() as large:
        few, many = portal_with(Path(small), FEW), portal_with(Path(large), MANY)
        print(f"{'':<66}{f'{FEW} cases':>12}{f'{MANY:,} cases':>16}{'ratio':>9}")
        for who, address in ((name, address) for name, pages in PAGES.items() for address in pages):
            quick, slow = compare(address, few[who], many[who])
            print(f"{f'{who} {address}':<66}{quick * 1000:>9.1f} ms{slow * 1000:>13.1f} ms{slow / quick:>7.1f} x")
            worst = max(worst, slow / quick)
    if worst > LIMIT:
        sys.exit(f"a page takes {worst:.1f} times as long with {MANY:,} cases; at most {LIMIT} may be")


if __name__ == "__main__":
    main()
