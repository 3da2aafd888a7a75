"""Numbers and letters in addresses that no database takes: answered in words, never with an error of the server."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.foundation.database import db

HUGE = "9" * 30


@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("auditor", f"/desk/audit/?page={HUGE}"),
        ("administrator", f"/desk/accounts/{HUGE}"),
        ("lhasa_officer", f"/desk/verification/{HUGE}"),
        ("lhasa_officer", "/desk/verification/2147483648"),
        ("lhasa_officer", f"/desk/verification/?page={HUGE}"),
        ("lhasa_officer", "/desk/verification/?q=" + "a" * 60_000),
        ("lhasa_officer", "/desk/verification/?q=%00"),
        ("auditor", "/desk/audit/?actor=%00"),
        ("auditor", "/desk/audit/?actor=" + "a" * 60_000),
        ("editor", f"/desk/content/{HUGE}"),
        ("editor", f"/desk/content/?page={HUGE}"),
        ("editor", f"/desk/register/?page={HUGE}"),
    ],
)
def test_the_desk_takes_what_no_database_does(login, people, who, address):
    assert login(getattr(people, who)).get(address).status_code in {200, 400, 404}


@pytest.mark.parametrize(
    "address", [f"/zh/documents/attachments/{HUGE}/a.pdf", "/zh/complaints/new?find=" + "a" * 60_000]
)
def test_public_pages_take_what_no_database_does(client, address):
    assert client.get(address).status_code in {200, 404}


def test_a_name_as_long_as_a_book_is_refused_in_words(client):
    answer = client.post("/zh/complaints/new", data={"respondent_name": "公" * 100_000})
    assert answer.status_code == 422


def test_a_statement_that_fails_does_not_tell_what_was_in_it(app, caplog):
    with caplog.at_level(logging.DEBUG), pytest.raises(DBAPIError) as failed:
        db.session.execute(text("SELECT nowhere FROM person WHERE name = :name"), {"name": "格桑样本"})
    db.session.rollback()
    assert "格桑样本" not in f"{failed.value}{caplog.text}"
