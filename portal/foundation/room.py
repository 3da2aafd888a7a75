"""When there is no room left: told before anything is acknowledged, and told apart from every other failure."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager

from flask_babel import lazy_gettext as _l
from obstore.exceptions import BaseError as StoreError
from sqlalchemy.exc import DBAPIError

from portal.foundation.errors import DomainError

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
#: The file store's library tells the system's error in its text alone.
_TOLD = re.compile(r"\(os error (\d+)\)")
#: SQLite's words, and the class of PostgreSQL's code 53100.
_DATABASE = ("database or disk is full", "DiskFull")


class NoRoom(DomainError):
    """Nothing more can be kept; what was sent is not taken, and nothing of it stays."""

    status = 503
    message = _l(
        "The portal has no room to keep what you sent. Nothing was taken. Please try again later, or bring it to the authority."
    )


def is_full(fault: BaseException) -> bool:
    """Whether an error says that a disk, a quota or the database is full."""
    if isinstance(fault, DBAPIError):
        said = f"{type(fault.orig).__name__} {fault.orig}"
        return any(word in said for word in _DATABASE)
    if isinstance(fault, OSError | StoreError):
        told = _TOLD.search(str(fault))
        return getattr(fault, "errno", None) in FULL or (told is not None and int(told[1]) in FULL)
    return False


@contextmanager
def room_needed() -> Iterator[None]:
    """Turn the failure of a full disk into :class:`NoRoom`; every other one goes its way."""
    try:
        yield
    except (OSError, DBAPIError, StoreError) as fault:
        if is_full(fault):
            raise NoRoom from fault
        raise
