"""Rounds to test with: candidates that lack nothing, and days to live them on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from types import SimpleNamespace

import time_machine

from portal.authorities.models import Person
from portal.content import services as content_services
from portal.content.models import Document
from portal.foundation import clock
from portal.foundation.clock import ZONE
from portal.foundation.database import transaction
from portal.register.batches import queries, services
from portal.register.batches.models import Batch, Candidate
from portal.register.batches.rules import GROUNDS, Organ
from portal.register.batches.services import Recommendation
from portal.register.rules import Category, Level

SPRING = date(2025, 5, 6)
#: A Monday with a full week of working days after it.
NOTICE_DAY = date(2025, 7, 7)
LAST_DAY = date(2025, 7, 11)
AFTER = date(2025, 7, 12)
LETTER = "示例函〔2025〕1号"


@contextmanager
def at(day: date, hour: int = 10) -> Iterator[None]:
    """A working hour in Lhasa."""
    with time_machine.travel(datetime(day.year, day.month, day.day, hour, 0, tzinfo=ZONE), tick=False):
        yield


def opened(by: Person, level: Level = Level.REGIONAL, year: int = 2025) -> Batch:
    """A round that collects."""
    return services.open_batch(level, year, by=by)


def recommended(batch: Batch, name: str, by: Person, **more: object) -> Candidate:
    """A candidate of the person's own authority."""
    given = {"category": Category.FACTORY, **more}
    return services.recommend(batch, Recommendation(name=name, **given), by=by)  # type: ignore[arg-type]


def examined(candidate: Candidate, by: Person, *, selected: bool = True) -> Candidate:
    """A candidate whose grounds are clear, reviewed and selected; its round reviews."""
    for ground in GROUNDS:
        services.check(candidate, ground, applies=False, checked_on=clock.today(), source="信用中国", by=by)
    services.review(candidate, "示例专家", 88, by=by)
    return services.decide(candidate, selected=selected, reason="" if selected else "示例理由", by=by)


def consulted(batch: Batch, by: Person) -> None:
    """The three departments, none of which objects."""
    for organ in Organ:
        services.consult(batch, organ, given_on=clock.today(), source=LETTER, by=by)


def published(document: Document, people: SimpleNamespace) -> Document:
    """A document on its way through two people."""
    content_services.submit(document, by=people.editor)
    return content_services.publish(document, by=people.reviewer)


def publicised(people: SimpleNamespace, *names: str) -> Batch:
    """A round whose notice was published on :data:`NOTICE_DAY`."""
    # In one transaction, which is quicker than forty; each step is one of its own where it is tested.
    with at(SPRING), transaction():
        batch = opened(people.editor)
        found = [recommended(batch, name, people.lhasa_officer) for name in names]
        services.close_recommendation(batch, by=people.editor)
        for candidate in found:
            examined(candidate, people.editor)
        consulted(batch, people.editor)
        document = services.open_publicity(batch, by=people.editor)
    with at(NOTICE_DAY):
        published(document, people)
    return queries.batch(batch.id)
