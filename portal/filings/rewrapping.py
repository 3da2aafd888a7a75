"""Changing the master key under a running portal: the keys of filings are wrapped anew, nothing else is touched."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, func, select, update
from sqlalchemy.orm import lazyload, load_only

from portal.foundation.database import Base, db, transaction
from portal.vault import boxes, current_vault
from portal.vault.keys import PREFIX_LENGTH

BATCH = 200


def rewrap_all() -> int:
    """Wrap with the present primary key what an older one wrapped; how many keys there were.

    Portions are transactions of their own, and pages that staff have open stay up to date. Safe to be cut off, to run
    again, and by several at once.
    """
    return sum(_rewrap(model) for model in _models())


def number_wrapped_with(prefix: bytes) -> int:
    """How many keys are wrapped with the master key that such wrapped keys begin with."""
    query = (select(func.count()).select_from(model).where(_start(model) == prefix) for model in _models())
    return sum(db.session.scalar(one) or 0 for one in query)


def _models() -> list[type[Any]]:
    """Every table whose rows are boxes of their own."""
    mapped = (mapper.class_ for mapper in Base.registry.mappers)
    return sorted((one for one in mapped if hasattr(one, "wrapped_key")), key=lambda one: str(one.__tablename__))


def _start(model: type[Any]) -> ColumnElement[bytes]:
    return func.substr(model.wrapped_key, 1, PREFIX_LENGTH, type_=LargeBinary)


def _rewrap(model: type[Any]) -> int:
    master, last, number = current_vault().master, 0, 0
    columns = [getattr(model, name) for name in ("id", "receipt", "box", "wrapped_key") if hasattr(model, name)]
    while True:
        with transaction():
            # An erased filing has no key any more.
            outdated = _start(model) != master.prefix(), model.wrapped_key != b"", model.id > last
            query = select(model).where(*outdated).order_by(model.id).limit(BATCH)
            rows = db.session.scalars(query.options(load_only(*columns), lazyload("*"))).unique().all()
            for row in rows:
                wrapped = boxes.rewrap(master, row.wrapped_key, row.box_context.encode())
                # Past the row's version: its meaning has not changed. Only if nobody else was here meanwhile.
                same = update(model.__table__).where(model.id == row.id, model.wrapped_key == row.wrapped_key)
                db.session.execute(same.values(wrapped_key=wrapped))
                last, number = row.id, number + 1
                db.session.expire(row)
        if len(rows) < BATCH:
            return number
