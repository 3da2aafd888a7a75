"""A change that a sample unit states of itself, left for a visitor to examine."""

from __future__ import annotations

import io
from datetime import timedelta

from portal.authorities.models import Person
from portal.credentials.changes import services
from portal.foundation import clock
from portal.register import queries as register
from portal.register.changes import queries
from portal.register.changes.rules import Change, ChangeKind

UNIT = "91540000MA6DEMK01J"
TEXT = "样本：新增一条余热发电线，生产地址和组织边界不变，相应扩大绿色工厂边界范围。"
PROOF = ("样本项目备案表.txt", "样本：余热发电项目备案表。")


def state(by: Person) -> None:
    """State it, once."""
    unit = register.unit_by_ref(UNIT)
    if unit is None or queries.statements_of(unit):
        return
    change = Change(ChangeKind.SCOPE, clock.today() - timedelta(days=20), TEXT)
    name, text = PROOF
    services.state_own_change(unit, change, [(name, io.BytesIO(text.encode()))], version=None, by=by)
