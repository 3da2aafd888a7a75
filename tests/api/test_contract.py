"""The API keeps what its description says, whatever it is asked."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

PATHS = ("/units", "/units/{uscc}", "/lists", "/documents", "/documents/{slug}", "/search", "/verify/{code}")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_answer_is_as_described(listed_app, path):
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", listed_app)
    operation = schema[f"/api/v1{path}"]["GET"]

    @given(case=operation.as_strategy())
    @settings(
        max_examples=30,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    def asked(case: schemathesis.Case) -> None:
        case.call_and_validate(headers={"Accept-Encoding": "identity"})

    asked()
