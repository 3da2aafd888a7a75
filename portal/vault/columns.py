"""The columns in which the database names files of the store, and by which is known what in the store belongs to nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import String
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column, MetaData


class StoreKey(TypeDecorator[str]):
    """A key of the store. What lies in one of its ``folders`` and is named by no such column may be swept away."""

    impl = String(120)
    cache_ok = True

    def __init__(self, *folders: str) -> None:
        self.folders = folders
        super().__init__()


def naming(metadata: MetaData) -> Iterator[tuple[Column[str], tuple[str, ...]]]:
    """The columns of all tables that name files, each with the folders that they are kept in."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, StoreKey):
                yield column, column.type.folders
