"""This year's round of the demonstration: its publicity is open, and somebody has objected to one candidate."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from portal.authorities.models import Person
from portal.content import services as content
from portal.filings.sealing import Identity
from portal.filings.taking import Content
from portal.foundation import clock
from portal.foundation.identifiers import IdType
from portal.foundation.workdays import DateNotCovered
from portal.objections import services as objections
from portal.operations.demo.documents import workdays_ago
from portal.register.batches import queries, services
from portal.register.batches.models import Batch, Candidate
from portal.register.batches.rules import GROUNDS, Organ
from portal.register.batches.services import Recommendation
from portal.register.rules import Category, Level
from portal.rulebook.queries import calendar

FACTORY, SUPPLY_CHAIN = Category.FACTORY, Category.SUPPLY_CHAIN
CANDIDATES = (
    ("样本羌塘盐湖科技有限公司", FACTORY, "nagqu", "དཔེ་མཚོན་བྱང་ཐང་ཚྭ་མཚོ་ཚན་རྩལ་ཚད་ཡོད་ཀུང་སི"),
    ("样本雅砻纺织有限公司", FACTORY, "shannan", ""),
    ("样本工布木业有限公司", FACTORY, "nyingchi", "དཔེ་མཚོན་ཀོང་པོ་ཤིང་ལས་ཚད་ཡོད་ཀུང་སི"),
    ("样本后藏食品有限公司", SUPPLY_CHAIN, "shigatse", ""),
)
SOURCE, EXPERT = "样本来源：信用中国查询", "样本专家"
OBJECTION = "样本异议：该单位厂区用地与申报材料所述不一致，附照片为证，请予核实。"


def live(editor: Person, reviewer: Person, officer: Callable[[str], Person]) -> None:
    """Lead the round up to its open publicity; one that stands already is left alone.

    Where the official calendar of these days is not known, no window can be promised, and there is no round.
    """
    today = clock.today()
    if any(batch.year == today.year and batch.level is Level.REGIONAL for batch in queries.batches()):
        return
    try:
        calendar().window(today - timedelta(days=15), 15)
    except DateNotCovered:
        return
    with clock.at(_morning(today - timedelta(days=50))):
        batch = services.open_batch(Level.REGIONAL, today.year, by=editor, is_sample=True)
        found = [_recommended(batch, officer, *facts) for facts in CANDIDATES]
    with clock.at(_morning(today - timedelta(days=30))):
        services.close_recommendation(batch, by=editor)
        for candidate in found:
            _examined(candidate, editor)
        for organ in Organ:
            services.consult(batch, organ, given_on=clock.today(), source="样本复函", by=editor)
    with clock.at(_morning(workdays_ago(today, 1))):
        notice = services.open_publicity(batch, by=editor)
        content.submit(notice, by=editor)
        content.publish(notice, by=reviewer)
    _object(found[3])


def _recommended(
    batch: Batch, officer: Callable[[str], Person], name: str, category: Category, code: str, name_bo: str
) -> Candidate:
    given = Recommendation(name=name, category=category, name_bo=name_bo, is_sample=True)
    return services.recommend(batch, given, by=officer(code))


def _examined(candidate: Candidate, editor: Person) -> None:
    for ground in GROUNDS:
        services.check(candidate, ground, applies=False, checked_on=clock.today(), source=SOURCE, by=editor)
    services.review(candidate, EXPERT, 86, by=editor)
    services.decide(candidate, selected=True, reason="", by=editor)


def _object(candidate: Candidate) -> None:
    identity = Identity("样本异议人", IdType.RESIDENT_ID, "11010519491231002X", email="sample@portal.test")
    files = [("样本照片说明.txt", io.BytesIO("样本证据：内容为虚构。\n".encode()))]
    filing = objections.Filing(candidate.public_id, Content(statement=OBJECTION, identity=identity, files=files))
    try:
        objections.file_objection(filing, objections.signed_token(f"demonstration {candidate.public_id}"))
    except DateNotCovered:
        return


def _morning(day: date) -> datetime:
    """Ten in the morning of a day, unless that is still to come."""
    return min(datetime.combine(day, time(10), clock.ZONE), clock.now())
