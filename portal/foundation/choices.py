"""The choices of a form's field, from an enumeration and its labels or from values and words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import LazyString

# The published type stubs are older than the library and do not know the class yet.
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]


def choice(value: str, label: object) -> Any:
    """One choice."""
    return SelectChoice(value, label)


def choices(labels: Mapping[Any, LazyString]) -> list[Any]:
    """The members of an enumeration, in the order of their labels."""
    return [choice(str(member), label) for member, label in labels.items()]
