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

from bench.cases import sow
from portal import create_app
from portal.authorities import queries, services
from portal.authorities.rules import Role
from portal.foundation.database import db
from portal.settings import Environment, Settings

FEW, MANY = 100, 100_000
ROUNDS = 9
#: The ratio above which the benchmark has failed.
LIMIT = 3.0
PASSWORD = "correct horse battery"  # noqa: S105 - of accounts that live for a minute
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
        "deep",
    ),
}


def median(browser: FlaskClient, address: str) -> float:
    """The median time of a page, in seconds; the first is not counted."""
    taken = []
    for _ in range(ROUNDS + 1):
        start = time.perf_counter()
        answer = browser.get(address)
        taken.append(time.perf_counter() - start)
        if answer.status_code != 200:
            raise SystemExit(f"{address}: {answer.status_code}")
    return statistics.median(taken[1:])


def deep(browser: FlaskClient) -> str:
    """The address of the third page of the closed cases."""
    address = "/desk/determination/?status=closed"
    for _ in range(2):
        following = re.search(r'rel="next" href="([^"]+)"', browser.get(address).text)
        if following is None:
            return address
        address = following.group(1).replace("&amp;", "&")
    return address


def measure(browsers: dict[str, FlaskClient]) -> dict[str, float]:
    """Every page of both people."""
    return {
        f"{who} {address}": median(browser, deep(browser) if address == "deep" else address)
        for who, browser in browsers.items()
        for address in PAGES[who]
    }


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


def main() -> None:
    """Measure in a folder of its own; exit with 1 where a page has become slower than it may."""
    with tempfile.TemporaryDirectory() as name:
        app = create_app(Settings(env=Environment.TEST, data_dir=Path(name), database_url="", rate_limits=False))
        app.config.update(WTF_CSRF_ENABLED=False)
        open_accounts(app)
        browsers = {who: log_in(app, role) for who, (role, _code) in PEOPLE.items()}
        with app.app_context():
            sow(FEW, only="lhasa")
        few = measure(browsers)
        with app.app_context():
            sow(MANY - FEW)
        many = measure(browsers)
    print(f"{'':<66}{f'{FEW} cases':>12}{f'{MANY:,} cases':>16}{'ratio':>9}")
    for page, quick in few.items():
        print(f"{page:<66}{quick * 1000:>9.1f} ms{many[page] * 1000:>13.1f} ms{many[page] / quick:>7.1f} x")
    worst = max(many[page] / few[page] for page in few)
    if worst > LIMIT:
        sys.exit(f"a page takes {worst:.1f} times as long with {MANY:,} cases; at most {LIMIT} may be")


if __name__ == "__main__":
    main()
