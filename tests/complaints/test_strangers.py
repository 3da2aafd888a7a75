"""Whoever has no business with a case gets nothing of it, at whatever address of the desk they ask."""

from __future__ import annotations

import re

import pytest

from portal.complaints.handling import services as handling
from portal.complaints.rules import STAFF_ACTS
from portal.foundation.database import db
from tests.complaints.conftest import NAME, NUMBER, STATEMENT

#: Fields that fill the forms of the desk, so that nothing is refused for what it lacks.
TYPED = {
    "version": "1",
    "reason": "需要核实电话",
    "note": "说明文字",
    "text": "说明文字",
    "to": "1",
    "decision": "consent",
    "with_identity": "y",
}


@pytest.fixture
def secrets(filed):
    case = filed.filing
    return (NAME, NUMBER, STATEMENT[:12], case.receipt, case.evidence[0].sha256)


def addresses(app, case):
    """Every address of the two desks that names a case."""
    values = {"case_id": case.id, "evidence_id": case.evidence[0].id, "request_id": 1, "interest_id": 1, "page": 1}
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] not in {"verification", "determination"} or "case_id" not in rule.arguments:
            continue
        for what in [str(act) for act in STAFF_ACTS] if "what" in rule.arguments else [""]:
            named = {name: {**values, "what": what}[name] for name in rule.arguments}
            address = re.sub(r"<(?:\w+:)?(\w+)>", lambda found, named=named: str(named[found[1]]), rule.rule)
            for method in rule.methods & {"GET", "POST"}:
                yield method, address


def standing(case):
    """What an act would change."""
    db.session.refresh(case)
    return case.status, len(case.events), case.assignee_id, case.version


@pytest.mark.parametrize("who", ["shigatse_officer", "lhasa_editor", "administrator", "auditor", "reviewer"])
def test_nothing_of_a_case_is_shown_or_done(app, filed, people, login, secrets, who):
    case = filed.filing
    handling.ask_for_identity(case.id, "需要核实电话", by=people.determiner)
    before = standing(case)
    browser = login(getattr(people, who))
    seen = 0
    for method, address in addresses(app, case):
        answer = browser.open(address, method=method, data=TYPED if method == "POST" else None)
        assert answer.status_code in {403, 404}, (method, address, answer.status_code)
        assert not any(secret in answer.text for secret in secrets), address
        seen += 1
    assert seen > 60
    assert standing(case) == before


@pytest.mark.parametrize("who", ["lhasa_officer", "determiner"])
def test_nor_to_whoever_declared_an_interest(app, filed, people, login, secrets, who):
    case, person = filed.filing, getattr(people, who)
    handling.declare_interest(case.id, "亲属关系", by=person)
    browser = login(person)
    for method, address in addresses(app, case):
        answer = browser.open(address, method=method, data=TYPED if method == "POST" else None)
        assert answer.status_code in {403, 404}, (method, address, answer.status_code)
        assert not any(secret in answer.text for secret in secrets), address
    for queue in ("verification", "determination"):
        for args in ("", "?status=filed", f"?q={case.receipt}", "?whose=nobody"):
            page = browser.get(f"/desk/{queue}/{args}")
            assert not any(secret in page.text for secret in (NAME, NUMBER, STATEMENT[:12])), args
            assert f'/{case.id}"' not in page.text
