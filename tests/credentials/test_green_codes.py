"""The national green code: recorded from an export or from evidence, confirmed by a second person, valid for its year."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import date

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlalchemy import select
from stdnum.cn import uscc

from portal.authorities.rules import Role
from portal.credentials.green_codes import queries, rules, services
from portal.credentials.green_codes.models import GreenCode
from portal.credentials.green_codes.rules import (
    AlreadyDecided,
    AlreadyKnown,
    CodeState,
    GreenLevel,
    SamePerson,
    Source,
    Standing,
)
from portal.credentials.members.models import UnitMember
from portal.credentials.members.rules import MemberRole, NotAMember
from portal.credentials.sheets import RowFault, plain
from portal.foundation import audit, clock
from portal.foundation.database import db, transaction
from portal.foundation.errors import Invalid, NotFound, NotPermitted
from portal.register.lists.files import UnreadableList
from portal.vault.evidence import EvidenceRefused
from tests.samples import SAMPLE_UNIT, list_unit

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
YEAR = clock.today().year
#: The sign as the pages show it; the letter A stands in every page's head.
MARK = 'translate="no">A+<'
HEAD = ("序号", "企业名称", "统一社会信用代码", "企业绿码等级", "年度")


def export(*rows):
    text = io.StringIO()
    csv.writer(text).writerows([HEAD, *((number, "样本", *row) for number, row in enumerate(rows, 1))])
    return text.getvalue().encode("gb18030")


def workbook(*rows):
    book = Workbook()
    book.active.append(["全国绿色工厂绿码（样本）"])
    book.active.append(list(HEAD))
    for row in rows:
        book.active.append([1, "样本", *row])
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def record(content, by):
    seen = services.record_export(content, YEAR, by=by)
    assert not seen.taken
    return services.record_export(content, YEAR, accepted=seen.preview, by=by)


def standings(unit):
    return [(code.year, code.level, code.standing) for code in queries.codes_of(unit)]


@pytest.fixture
def owner(unit, make_person):
    person = make_person(Role.ENTERPRISE, "lhasa")
    with transaction():
        db.session.add(UnitMember(unit_id=unit.id, person_id=person.id, role=MemberRole.OWNER))
    return person


@given(st.integers(2000, 2100), st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_a_confirmed_code_is_valid_on_the_days_of_its_year_alone(year, today):
    valid = rules.standing(CodeState.CONFIRMED, year, today) is Standing.VALID
    assert valid == (year == today.year)


@given(st.sampled_from(list(CodeState)), st.integers(2000, 2100), st.dates())
def test_nothing_but_a_confirmation_makes_a_code_valid(state, year, today):
    if state is not CodeState.CONFIRMED:
        assert rules.standing(state, year, today) not in {Standing.VALID, Standing.EXPIRED}


@pytest.mark.parametrize(
    ("written", "level"),
    [("A+", GreenLevel.A_PLUS), ("Ａ＋", GreenLevel.A_PLUS), (" a 级", GreenLevel.A), ("B", GreenLevel.B), ("C", None)],
)
def test_levels_are_read_as_offices_write_them(written, level):
    assert rules.WORDS.get(plain(written)) is level


@pytest.mark.parametrize("form", [export, workbook])
def test_an_export_is_looked_at_first_and_saved_when_it_comes_again(unit, people, form):
    content = form((unit.uscc, "A+", str(YEAR)))
    seen = services.record_export(content, YEAR, by=people.editor)
    assert ([row.value for row in seen.good], seen.taken) == ([GreenLevel.A_PLUS], False)
    assert queries.codes_of(unit) == []
    other = services.record_export(content, YEAR, accepted="0" * 64, by=people.editor)
    assert (other.taken, queries.codes_of(unit)) == (False, [])
    assert services.record_export(content, YEAR, accepted=seen.preview, by=people.editor).taken
    assert standings(unit) == [(YEAR, GreenLevel.A_PLUS, Standing.WAITING)]
    assert queries.shown(unit) is None


def test_every_bad_row_is_named_and_keeps_the_whole_file_out(unit, people):
    foreign, unknown = checked("91540200MA6T1XYA0"), checked("91540100MA6T9QQQ0")
    list_unit("日喀则示例建材有限公司", code=foreign, place="日喀则市")
    content = export(
        (unit.uscc, "A", str(YEAR)),
        ("12345", "A", str(YEAR)),
        (unknown, "A", str(YEAR)),
        (foreign, "A", str(YEAR)),
        (unit.uscc, "A+", str(YEAR)),
        (unit.uscc, "C", str(YEAR - 1)),
        (unit.uscc, "A", str(YEAR + 1)),
        (unit.uscc, "A", "2019"),
    )
    report = record(content, people.lhasa_officer)
    assert not report.taken
    assert [(row.number, row.fault) for row in report.bad] == [
        (3, RowFault.NOT_A_CODE),
        (4, RowFault.UNKNOWN),
        (5, RowFault.NOT_YOURS),
        (6, RowFault.TWICE),
        (7, RowFault.NO_WORD),
        (8, RowFault.NO_YEAR),
        (9, RowFault.NO_YEAR),
    ]
    assert db.session.scalars(select(GreenCode)).all() == []


def checked(base):
    return base + str(uscc.calc_check_digit(base))


def test_a_file_without_such_columns_is_refused(people):
    with pytest.raises(UnreadableList):
        services.record_export("单位,电话\n甲,1\n".encode(), YEAR, by=people.editor)
    with pytest.raises(NotPermitted):
        services.record_export(export(), YEAR, by=people.determiner)


def test_the_same_export_again_tells_nothing_new(unit, people):
    content = export((unit.uscc, "A", str(YEAR)))
    assert record(content, people.editor).taken
    again = record(content, people.editor)
    assert (again.taken, len(again.known), len(queries.codes_of(unit))) == (False, 1, 1)


def test_whoever_recorded_cannot_confirm_and_only_once_is_confirmed(unit, people):
    record(export((unit.uscc, "A", str(YEAR))), people.editor)
    (code,) = queries.codes_of(unit)
    assert (queries.waiting(people.editor), queries.waiting(people.lhasa_officer)) == (0, 1)
    assert queries.waiting(people.shigatse_officer) == 0
    with pytest.raises(SamePerson):
        services.confirm([code.id], by=people.editor)
    with pytest.raises(NotFound):
        services.confirm([code.id], by=people.shigatse_officer)
    with pytest.raises(NotPermitted):
        services.confirm([code.id], by=people.determiner)
    services.confirm([code.id], by=people.lhasa_officer)
    assert standings(unit) == [(YEAR, GreenLevel.A, Standing.VALID)]
    with pytest.raises(AlreadyDecided):
        services.confirm([code.id], by=people.lhasa_officer)
    assert audit.verify() is None


def test_another_level_of_the_year_supersedes_and_another_year_expires_but_all_stay(unit, people):
    for level, year in (("B", YEAR - 1), ("A", YEAR), ("A+", YEAR)):
        record(export((unit.uscc, level, str(year))), people.editor)
        (code,) = (item for item in queries.codes_of(unit) if item.standing is Standing.WAITING)
        services.confirm([code.id], by=people.lhasa_officer)
    assert standings(unit) == [
        (YEAR, GreenLevel.A_PLUS, Standing.VALID),
        (YEAR, GreenLevel.A, Standing.SUPERSEDED),
        (YEAR - 1, GreenLevel.B, Standing.EXPIRED),
    ]
    shown = queries.shown(unit)
    assert (shown.valid.level, len(shown.past)) == (GreenLevel.A_PLUS, 2)
    with time_machine.travel(f"{YEAR + 1}-01-02", tick=False):
        assert queries.shown(unit).valid is None


def claim(unit, owner, level=GreenLevel.A, year=YEAR):
    return services.claim_code(unit, year, level, ("绿码截图.pdf", io.BytesIO(PDF)), by=owner)


def test_an_enterprise_claims_with_evidence_that_lies_sealed(unit, owner, people):
    code = claim(unit, owner)
    assert code.source is Source.ENTERPRISE
    assert "绿码截图".encode() not in code.sealed_name
    assert services.file_name(code) == "绿码截图.pdf"
    with pytest.raises(AlreadyKnown):
        claim(unit, owner, GreenLevel.B)
    with pytest.raises(NotPermitted):
        services.confirm([code.id], by=owner)
    services.confirm([code.id], by=people.lhasa_officer)
    with pytest.raises(AlreadyKnown):
        claim(unit, owner)
    with pytest.raises(Invalid):
        claim(unit, owner, year=YEAR + 1)


def test_a_claim_without_good_evidence_or_by_a_stranger_leaves_nothing(unit, owner, make_person):
    with pytest.raises(EvidenceRefused):
        services.claim_code(unit, YEAR, GreenLevel.A, ("x.exe", io.BytesIO(b"MZ" + bytes(90))), by=owner)
    with pytest.raises(NotAMember):
        claim(unit, make_person(Role.ENTERPRISE, "nagqu"))
    assert db.session.scalars(select(GreenCode)).all() == []


def test_a_refusal_says_why(unit, owner, people):
    code = claim(unit, owner)
    with pytest.raises(Invalid):
        services.refuse(code.id, reason=" ", by=people.lhasa_officer)
    services.refuse(code.id, reason="样本：截图不清。", by=people.lhasa_officer)
    assert standings(unit) == [(YEAR, GreenLevel.A, Standing.REFUSED)]
    assert claim(unit, owner).standing is Standing.WAITING


@pytest.mark.parametrize("language", ["zh", "bo", "en"])
def test_the_way_by_pages_from_claim_to_the_public_page(unit, owner, people, login, client, language):
    mine, desk = login(owner), login(people.lhasa_officer)
    address = f"/my/{unit.public_id}/green-code"
    assert mine.post(address, data={"year": YEAR}).status_code == 422
    fields = {"year": YEAR, "level": "a_plus", "evidence": (io.BytesIO(PDF), "绿码.pdf")}
    assert mine.post(address, data=fields, content_type="multipart/form-data").status_code == 302
    assert MARK in mine.get(address).text
    assert MARK not in client.get(f"/{language}/units/{unit.ref}").text
    (code,) = queries.codes_of(unit)
    assert SAMPLE_UNIT in desk.get("/desk/green-codes/").text
    assert "绿码.pdf" in desk.get(f"/desk/green-codes/{code.id}").text
    assert desk.get(f"/desk/green-codes/{code.id}/evidence").data == PDF
    assert login(people.shigatse_officer).get(f"/desk/green-codes/{code.id}").status_code == 404
    assert mine.get(f"/desk/green-codes/{code.id}").status_code == 403
    assert desk.post(f"/desk/green-codes/{code.id}/refuse", data={"reason": ""}).status_code == 422
    assert desk.post("/desk/green-codes/confirm", data={"code": code.id}).status_code == 302
    public = client.get(f"/{language}/units/{unit.ref}").text
    assert MARK in public


def test_the_export_by_pages_with_its_preview(unit, people, login):
    desk = login(people.editor)
    content = export((unit.uscc, "A", str(YEAR)), ("123", "A", str(YEAR)))

    def send(body, accepted=""):
        fields = {"year": YEAR, "accepted": accepted, "file": (io.BytesIO(body), "export.csv")}
        return desk.post("/desk/green-codes/import", data=fields, content_type="multipart/form-data")

    assert "123" in send(content).text
    good = export((unit.uscc, "A", str(YEAR)))
    seen = send(good)
    assert (seen.status_code, queries.codes_of(unit)) == (200, [])
    preview = f"{hashlib.sha256(good).hexdigest()}.{YEAR}"
    assert preview in seen.text
    assert send(good, preview).status_code == 302
    assert len(queries.codes_of(unit)) == 1
    assert send(b"\xd0\xcf\x11\xe0").status_code == 422
    (code,) = queries.codes_of(unit)
    # Whoever recorded it cannot confirm it; what no row can be called confirms nothing either.
    for number in (code.id, 10**20, "-1", "²"):
        assert desk.post("/desk/green-codes/confirm", data={"code": number}).status_code == 302
    db.session.expire_all()
    assert queries.codes_of(unit)[0].standing is Standing.WAITING


def test_programs_read_the_valid_code_of_a_unit_and_nothing_else_of_it(unit, people, client):
    def told():
        (listed,) = client.get("/api/v1/units", query_string={"q": unit.name}).json["items"]
        alone = client.get(f"/api/v1/units/{unit.uscc}").json
        assert alone["green_code"] == listed["green_code"]
        return alone["green_code"]

    record(export((unit.uscc, "B", str(YEAR - 1)), (unit.uscc, "A+", str(YEAR))), people.editor)
    assert told() is None
    last, this = sorted(queries.codes_of(unit), key=lambda code: code.year)
    services.confirm([last.id], by=people.lhasa_officer)
    assert told() is None
    services.confirm([this.id], by=people.lhasa_officer)
    assert told() == {"value": "A+", "year": YEAR, "valid_until": f"{YEAR}-12-31", "confirmed": True}
    with time_machine.travel(f"{YEAR + 1}-01-02", tick=False):
        assert told() is None
