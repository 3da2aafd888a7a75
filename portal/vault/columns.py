"""The columns in which the database names files of the store, and by which is known what in the store belongs to nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import String
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column, MetaData


class StoreKey(TypeDecorator[str]):
    """A key of the store. What lies in one of its ``folders`` and is named by no such column may be swept away.

    In the folder ``beside`` lies under the same name what was made of a file and can be made again, such as a smaller form.
    """

    impl = String(120)
    cache_ok = True

    def __init__(self, *folders: str, beside: str = "") -> None:
        self.folders = (*folders, beside) if beside else folders
        self.beside = beside
        super().__init__()

    def named(self, key: str) -> set[str]:
        """The places in the store that a key stands for."""
        return {key, f"{self.beside}/{key.rpartition('/')[2]}"} if self.beside else {key}


def naming(metadata: MetaData) -> Iterator[tuple[Column[str], StoreKey]]:
    """The columns of all tables that name files, each with its kind."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, StoreKey):
                yield column, column.type
