"""How sure the identity of whoever filed is."""

from __future__ import annotations

from enum import StrEnum


class Assurance(StrEnum):
    """What the identity rests on."""

    DECLARED = "declared"
