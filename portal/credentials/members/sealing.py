"""How somebody is reached, sealed beside a claim or an invitation."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from typing import Protocol

from portal.vault import current_vault
from portal.vault.boxes import Box

_CONTACT = "contact"


@dataclass(frozen=True)
class Contact:
    """Who claims or is invited."""

    name: str
    email: str
    phone: str = ""
    position: str = ""


class Sealed(Protocol):
    """What carries a sealed contact."""

    mark: str
    wrapped_key: bytes
    sealed_contact: bytes


def new_mark() -> str:
    """What binds a key to its row."""
    return secrets.token_hex(16)


def new_box(mark: str) -> Box:
    """A box for a new claim or invitation."""
    return current_vault().new_box(f"enterprise {mark}")


def box_of(thing: Sealed) -> Box:
    """The box of a claim or an invitation."""
    return current_vault().open_box(thing.wrapped_key, f"enterprise {thing.mark}")


def seal(box: Box, contact: Contact) -> bytes:
    """A contact, sealed."""
    return box.seal_text(json.dumps(asdict(contact), ensure_ascii=False), _CONTACT)


def contact_of(thing: Sealed) -> Contact:
    """The contact, opened."""
    return Contact(**json.loads(box_of(thing).open_text(thing.sealed_contact, _CONTACT)))
