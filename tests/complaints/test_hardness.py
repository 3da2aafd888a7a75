"""What a hostile or a broken client meets at a case."""

from __future__ import annotations

import pytest

from portal.complaints import services
from portal.complaints.queries import case_by_id
from portal.filings.taking import WrongSecret
from portal.foundation.identifiers import new_receipt


@pytest.mark.parametrize("version", ["9" * 5000, "", "x", "-1"])
def test_a_page_that_does_not_know_its_state_is_out_of_date(login, people, filed, version):
    answer = login(people.lhasa_officer).post(
        f"/desk/verification/{filed.filing.id}/accept", data={"version": version, "note": "说明"}
    )
    assert answer.status_code == 409


def test_a_file_of_a_case_is_shown_without_any_right(login, people, filed):
    evidence = case_by_id(filed.filing.id).evidence[0]
    answer = login(people.lhasa_officer).get(f"/desk/verification/{filed.filing.id}/evidence/{evidence.id}")
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_wrong_secret_costs_as_many_questions_as_a_wrong_receipt(filed, count_queries):
    receipt = filed.filing.receipt
    with count_queries() as known, pytest.raises(WrongSecret):
        services.follow(receipt, "wrong")
    other = new_receipt(2026)
    with count_queries() as unknown, pytest.raises(WrongSecret):
        services.follow(other, "wrong")
    assert known.statements == unknown.statements
    assert not any("sealed" in statement for statement in known.statements)
