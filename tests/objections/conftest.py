"""What the tests of objections share: a round whose candidates are publicised, and an objection on any day."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from flask import Flask

from portal.filings.sealing import Identity
from portal.filings.taking import Content, Taken
from portal.foundation.clock import ZONE
from portal.foundation.database import db
from portal.foundation.identifiers import IdType
from portal.objections import services
from portal.objections.models import Objection
from portal.objections.rules import ObjectionAct
from portal.register.batches.models import Batch, Candidate
from tests.register.rounds import NOTICE_DAY, publicised

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
NAME, NUMBER, PHONE = "格桑卓玛样本", "11010519491231002X", "13800138000"
STATEMENT = "样本异议：该单位近三年曾被列入节能监察整改名单，附通知照片为证。"
FIRST, SECOND = "样本拉萨绿色建材有限公司", "样本拉萨饮用水有限公司"
Moment = Callable[..., None]


@pytest.fixture
def moment() -> Iterator[Moment]:
    """Go to a moment of Lhasa and stay there: ``moment(day, 23, 59)``."""
    travelled: list[Any] = []

    def go(day: Any, hour: int = 10, minute: int = 0) -> None:
        while travelled:
            travelled.pop().stop()
        traveller = time_machine.travel(datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE), tick=False)
        traveller.start()
        travelled.append(traveller)

    yield go
    while travelled:
        travelled.pop().stop()


@pytest.fixture
def batch(app: Flask, people: SimpleNamespace, moment: Moment) -> Batch:
    """A round with two candidates whose window opened today."""
    found = publicised(people, FIRST, SECOND)
    moment(NOTICE_DAY)
    return found


@pytest.fixture
def candidates(batch: Batch) -> list[Candidate]:
    """The two, in the order of their recommendation."""
    return sorted(batch.candidates, key=lambda item: item.id)


def content(**changes: Any) -> Content:
    """What an objector states, with one picture."""
    facts: dict[str, Any] = {
        "statement": STATEMENT,
        "identity": Identity(NAME, IdType.RESIDENT_ID, NUMBER, phone="+86" + PHONE),
        "files": [("通知照片.png", io.BytesIO(PNG))],
    }
    return Content(**{**facts, **changes})


def file_against(candidate: Candidate, token: str = "", **changes: Any) -> Taken[Objection]:
    """An objection against a candidate, filed now."""
    filing = services.Filing(candidate.public_id, content(**changes))
    return services.file_objection(filing, token or services.new_token())


@pytest.fixture
def filed(candidates: list[Candidate]) -> Taken[Objection]:
    """An objection against the first candidate, just received."""
    return file_against(candidates[0])


@pytest.fixture
def do(people: SimpleNamespace) -> Callable[..., Objection]:
    """Do an act as the department's determiner: ``do(objection, ObjectionAct.REJECT)``."""

    def act(objection: Objection, what: ObjectionAct, person: Any = None, **facts: Any) -> Objection:
        db.session.refresh(objection)
        facts.setdefault("note", "样本说明文字")
        instruction = services.Instruction(version=objection.version, **facts)
        return services.act(objection.id, what, instruction, by=person or people.determiner)

    return act


@pytest.fixture
def objection_form(candidates: list[Candidate]) -> dict[str, Any]:
    """The fields of a complete objection, as a plain client sends them."""
    return {
        "candidate": candidates[0].public_id,
        "statement": STATEMENT,
        "name": NAME,
        "id_type": "resident_id",
        "id_number": NUMBER,
        "phone": PHONE,
        "evidence": (io.BytesIO(PNG), "通知照片.png"),
        "consent": "y",
    }
