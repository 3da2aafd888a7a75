"""The department looks at the files of an objection without opening them."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from portal.foundation.audit import AuditRecord
from portal.foundation.database import db
from portal.vault import previews
from tests.objections.conftest import file_against
from tests.vault import files


@pytest.fixture
def objection(candidates, moment):
    sent = [("材料.pdf", io.BytesIO(files.pdf(pages=2)))]
    return file_against(candidates[0], files=sent).filing


def test_pages_are_drawn_anew_and_the_first_look_is_recorded(objection, people, login):
    determiner = login(people.determiner)
    address = f"/desk/objections/{objection.id}/evidence/{objection.evidence[0].id}"
    assert f"{address}/thumbnail" in determiner.get(f"/desk/objections/{objection.id}").text
    assert 'rel="next"' in determiner.get(f"{address}/look").text
    for what in ("thumbnail", "preview/2"):
        answer = determiner.get(f"{address}/{what}")
        assert answer.mimetype == previews.MEDIA_TYPE
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    seen = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "objections.evidence.previewed")).all()
    assert [record.actor for record in seen] == [people.determiner.actor]


@pytest.mark.parametrize("what", ["look", "preview/1", "thumbnail"])
def test_nobody_else_sees_anything(objection, people, login, client, what):
    address = f"/desk/objections/{objection.id}/evidence/{objection.evidence[0].id}/{what}"
    assert login(people.lhasa_officer).get(address).status_code == 403
    assert client.get(address).status_code in {302, 401}
