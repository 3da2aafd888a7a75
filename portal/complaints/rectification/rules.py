"""The number of an order, and where an order stands."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.foundation.errors import DomainError
from portal.foundation.identifiers import Flaw, InvalidIdentifier, new_receipt, normalize_receipt

PREFIX, _RECEIPT_PREFIX = "ZG", "XZ"
#: What a hand writes for the prefix of a number.
_WRITTEN = ("ZG", "2G")


class OrderState(StrEnum):
    """The condition an order is in."""

    OPEN = "open"
    ANSWERED = "answered"
    CONFIRMED = "confirmed"
    FAILED = "failed"


STATE_LABELS: Mapping[OrderState, LazyString] = {
    OrderState.OPEN: _l("Under rectification"),
    OrderState.ANSWERED: _l("Answered, awaiting the recheck"),
    OrderState.CONFIRMED: _l("Rectification confirmed"),
    OrderState.FAILED: _l("Rectification not completed"),
}
STATE_TONES: Mapping[OrderState, str] = {
    OrderState.OPEN: "saffron",
    OrderState.ANSWERED: "lake",
    OrderState.CONFIRMED: "pine",
    OrderState.FAILED: "madder",
}
RUNNING = frozenset({OrderState.OPEN, OrderState.ANSWERED})


class WrongOrderSecret(DomainError):
    """Number and secret do not belong together. Which of the two is wrong is not said."""

    status = 403
    message = _l("The order number or the secret is not correct.")


def new_number(year: int) -> str:
    """A number such as ``ZG26-7K3M-9Q2D-8FXC``, made as a receipt number is, and never one."""
    return PREFIX + new_receipt(year).removeprefix(_RECEIPT_PREFIX)


def normalize_number(text: str) -> str:
    """The number somebody typed, in its one written form.

    Raises:
        InvalidIdentifier: it cannot be one, or it is the number of a complaint.
    """
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    prefix = next((written for written in _WRITTEN if plain.startswith(written)), None)
    if prefix is None:
        raise InvalidIdentifier(Flaw.CHARACTERS)
    return PREFIX + normalize_receipt(_RECEIPT_PREFIX + plain.removeprefix(prefix)).removeprefix(_RECEIPT_PREFIX)
