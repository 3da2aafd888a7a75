"""A case cannot be guessed: there are too many secrets, nothing says which half of a guess was right, and guessing is slowed down."""

from __future__ import annotations

import secrets
from collections import Counter

import pytest

from portal.complaints import services
from portal.complaints.respondents import Respondent
from portal.foundation import identifiers as ids
from portal.foundation.database import db
from tests.complaints.conftest import filing
from tests.conftest import make_app

#: More cases than there will be; whoever guesses may hit any of them.
CASES = 1_000_000
TRIES = 2**60


@pytest.mark.parametrize(
    "signs", [ids._SECRET_BODY, ids._RESUME_BODY], ids=["secret of a filing", "resume code of a draft"]
)
def test_a_single_secret_takes_more_tries_than_anybody_has(signs):
    assert len(set(ids.READABLE)) ** signs > TRIES


def test_a_hit_among_a_million_cases_takes_more_tries_still():
    assert len(set(ids.READABLE)) ** ids._SECRET_BODY // CASES > TRIES


def test_every_sign_of_a_secret_is_chance():
    """No place prefers a sign, no two secrets are alike, and the form's own token is not in them."""
    key = secrets.token_bytes(32)
    made = [ids.secret_from(key, secrets.token_urlsafe(24)).replace("-", "") for _ in range(3000)]
    assert len(set(made)) == len(made)
    for place in range(ids._SECRET_BODY):
        counted = Counter(secret[place] for secret in made)
        assert set(counted) == set(ids.READABLE)
        # About a hundred each; ten standard deviations away is no accident.
        mean = len(made) / len(ids.READABLE)
        assert all(abs(number - mean) < 10 * mean**0.5 for number in counted.values())


def test_tokens_one_apart_give_secrets_that_have_nothing_in_common():
    key = secrets.token_bytes(32)
    one, other = (ids.secret_from(key, token).replace("-", "") for token in ("form 1", "form 2"))
    assert sum(a == b for a, b in zip(one, other, strict=True)) < len(one) // 2


@pytest.fixture
def limited_app(tmp_path):
    """An application with its limits on."""
    app = make_app(tmp_path, rate_limits=True)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_guessing_is_slowed_down_and_the_last_guess_is_not_even_looked_at(limited_app):
    filed = services.file_complaint(filing(Respondent("名单里没有的样本单位")), services.new_token())
    client = limited_app.test_client()
    receipt = filed.filing.receipt
    wrong = [
        client.post("/zh/complaints/status", data={"receipt": receipt, "secret": "0000"}).status_code for _ in range(40)
    ]
    assert set(wrong) == {403}
    right = client.post("/zh/complaints/status", data={"receipt": receipt, "secret": filed.secret})
    assert right.status_code == 429
    # Years of guessing at that speed: one part in many thousand millions of millions.
    a_century = 40 * 4 * 24 * 366 * 100
    assert a_century * CASES < len(set(ids.READABLE)) ** ids._SECRET_BODY // 2**40
