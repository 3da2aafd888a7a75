"""What the tests of complaints share: sample units, a filing, a case in any state."""

from __future__ import annotations

import io
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from portal.authorities import queries as authorities
from portal.complaints import services
from portal.complaints.models import Case
from portal.complaints.respondents import Respondent
from portal.complaints.rules import CaseAct, Finding, ProblemKind
from portal.filings.sealing import Identity
from portal.filings.taking import Content, Taken
from portal.foundation.database import db, transaction
from portal.foundation.identifiers import IdType
from portal.register.cleaning import name_key
from portal.register.models import Agency, ListEntry, Unit
from portal.register.rules import Category, Level

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
NAME, NUMBER, PHONE = "格桑卓玛样本", "11010519491231002X", "13800138000"
STATEMENT = "该单位所报用电数据与现场电表读数不一致，附照片为证。"


@pytest.fixture
def units(app: Flask) -> SimpleNamespace:
    """A unit of Lhasa, one of another province, and two agencies, one of them of Lhasa."""
    lhasa = authorities.authority_by_code("lhasa")
    assert lhasa is not None
    with transaction():
        made = SimpleNamespace(
            lhasa=_unit("样本拉萨绿色建材有限公司", lhasa.id, "西藏"),
            elsewhere=_unit("样本外省水泥有限公司", None, "四川"),
            agency=Agency(name="样本外地评价中心", name_key=name_key("样本外地评价中心"), is_sample=True),
            local_agency=Agency(
                name="样本拉萨评价中心", name_key=name_key("样本拉萨评价中心"), authority_id=lhasa.id, is_sample=True
            ),
        )
        db.session.add_all(vars(made).values())
    return made


def _unit(name: str, authority_id: int | None, province: str) -> Unit:
    unit = Unit(name=name, name_key=name_key(name), authority_id=authority_id, province=province, is_sample=True)
    unit.entries.append(ListEntry(category=Category.FACTORY, level=Level.REGIONAL, year=2024))
    return unit


def filing(respondent: Respondent, **changes: Any) -> services.Filing:
    """A complaint with one picture."""
    kind = changes.pop("problem_kind", ProblemKind.FALSE_DATA)
    facts: dict[str, Any] = {
        "statement": STATEMENT,
        "identity": Identity(NAME, IdType.RESIDENT_ID, NUMBER, phone="+86" + PHONE),
        "files": [("电表照片.png", io.BytesIO(PNG))],
    }
    return services.Filing(respondent, kind, Content(**{**facts, **changes}))


@pytest.fixture
def filed(units: SimpleNamespace) -> Taken[Case]:
    """A complaint against the unit of Lhasa, just received."""
    return services.file_complaint(filing(Respondent(units.lhasa.name, units.lhasa)), services.new_token())


@pytest.fixture
def do() -> Callable[..., Case]:
    """Do an act on a case as it stands now: ``do(case, CaseAct.ACCEPT, officer)``."""

    def act(case: Case, what: CaseAct, person: Any, **facts: Any) -> Case:
        db.session.refresh(case)
        facts.setdefault("note", "说明文字")
        if what is CaseAct.ORDER_RECTIFICATION:
            facts.setdefault("measures", "请更正所报数据并提交说明。")
        return services.act(case.id, what, services.Instruction(version=case.version, **facts), by=person)

    return act


@pytest.fixture
def reported(filed: Taken[Case], people: SimpleNamespace, do: Callable[..., Case]) -> Case:
    """A case that the officer of Lhasa has verified and reported."""
    case = filed.filing
    do(case, CaseAct.ACCEPT, people.lhasa_officer)
    do(case, CaseAct.VERIFY, people.lhasa_officer)
    return do(case, CaseAct.REPORT, people.lhasa_officer, finding=Finding.SUBSTANTIATED)


@pytest.fixture
def complaint_form(units: SimpleNamespace) -> dict[str, Any]:
    """The fields of a complete complaint, as a plain client sends them."""
    return {
        "respondent": units.lhasa.public_id,
        "problem_kind": "false_data",
        "statement": STATEMENT,
        "name": NAME,
        "id_type": "resident_id",
        "id_number": NUMBER,
        "phone": PHONE,
        "evidence": (io.BytesIO(PNG), "电表照片.png"),
        "consent": "y",
    }
