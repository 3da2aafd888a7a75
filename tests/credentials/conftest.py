"""What the tests of codes share: a listed factory of the region with its code."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.credentials import queries
from portal.credentials.models import ListCode
from portal.foundation.database import db
from portal.register import queries as register
from portal.register.models import Unit
from tests.samples import SAMPLE_UNIT, list_unit, valid_code


@pytest.fixture
def unit(app: Flask) -> Unit:
    """A sample factory of Lhasa, listed in 2024."""
    list_unit(SAMPLE_UNIT, code=valid_code())
    found = register.unit_by_ref(valid_code())
    assert found is not None
    return found


@pytest.fixture
def code(unit: Unit) -> ListCode:
    """The code of its entry."""
    db.session.rollback()
    (found,) = queries.codes_of(unit).values()
    whole = queries.code_of(found.code)
    assert whole is not None
    return whole
