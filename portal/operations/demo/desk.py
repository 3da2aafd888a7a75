"""The desks of the demonstration: whose cases they are, a note, linked cases, templates, a view, a request for consent."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from portal.authorities.models import Person
from portal.complaints.handling import services
from portal.complaints.handling.models import ReplyTemplate
from portal.complaints.handling.rules import QueueView, Within
from portal.complaints.models import Case
from portal.complaints.rules import CaseStatus
from portal.foundation.database import db
from portal.foundation.languages import Localized

TEMPLATES = {
    "请求补充（样本）": Localized(
        zh="您的举报已收到。请补充能够说明时间、地点的照片或文件，以便核实。",
        bo="ཁྱེད་ཀྱི་ཞུ་གཏུག་འབྱོར་བྱུང་། ཞིབ་བཤེར་ར་སྤྲོད་བྱེད་པར་དུས་ཚོད་དང་ས་གནས་གསལ་བའི་པར་རམ་ཡིག་ཆ་ཁ་གསབ་གནང་རོགས།",
    ),
    "受理告知（样本）": Localized(
        zh="您的举报已受理，我们将在承诺的期限内核实，并告知结果。",
        bo="ཁྱེད་ཀྱི་ཞུ་གཏུག་དང་ལེན་བྱས་ཟིན། དུས་བཀག་ནང་ཞིབ་བཤེར་ར་སྤྲོད་བྱས་ནས་མཐའ་འབྲས་བརྡ་གཏོང་ངེས།",
    ),
}


def arrange(people: Mapping[str, Person]) -> None:
    """Work at the desks, once: where there are templates, nothing is done again."""
    officer, colleague = people["officer.lhasa@portal.test"], people["officer2.lhasa@portal.test"]
    determiner = people["determiner@portal.test"]
    if db.session.scalars(select(ReplyTemplate.id).limit(1)).first() is not None:
        return
    for person in (officer, determiner):
        for name, text in TEMPLATES.items():
            services.save_template(None, name, text, by=person)
    services.save_view("verification", "本周到期（样本）", QueueView(within=Within.DAYS_7), by=officer)
    mine = _first(officer, CaseStatus.FILED)
    if mine is not None:
        services.assign(mine.id, mine.version, officer.id, by=officer)
        services.add_note(mine.id, "已与举报人约定周四通话（样本）。", by=officer)
        services.ask_for_identity(mine.id, "代班期间需要核对联系电话（样本）。", by=colleague)
    reported = db.session.scalars(select(Case).where(Case.status == CaseStatus.REPORTED).limit(1)).first()
    if reported is not None:
        services.assign(reported.id, reported.version, determiner.id, by=determiner)
        _link_alike(reported, determiner)


def _first(officer: Person, status: CaseStatus) -> Case | None:
    query = select(Case).where(Case.authority_id == officer.authority_id, Case.status == status).order_by(Case.id)
    return db.session.scalars(query.limit(1)).first()


def _link_alike(case: Case, determiner: Person) -> None:
    alike = select(Case.id).where(Case.unit_id == case.unit_id, Case.id != case.id)
    others = db.session.scalars(alike).all() if case.unit_id is not None else []
    if others:
        services.link(case.id, others, by=determiner)
