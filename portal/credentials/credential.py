"""List membership as a signed credential for machines.

The form is the W3C's Verifiable Credentials Data Model 2.0, secured as a JWT (typ ``vc+jwt``), which is an Open Badges
3.0 achievement credential at the same time. Whether it was revoked stands in a Bitstring Status List.
"""

from __future__ import annotations

import base64
import gzip
import io
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app

from portal.credentials import queries
from portal.credentials.models import ListCode
from portal.foundation import clock
from portal.register.rules import Category, Level
from portal.settings import Settings
from portal.vault import current_vault

TYP = "vc+jwt"
MEDIA_TYPE = "application/vc+jwt"
CONTEXT = "https://www.w3.org/ns/credentials/v2"
BADGES_CONTEXT = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
REVOCATION = "revocation"
#: Bits of one list of revocations: the least that the specification allows, so that a place tells nothing.
PLACES = 131_072
#: How long a credential is taken without asking anew, and how long a list of revocations is.
VALID_FOR = timedelta(days=366)
LIST_VALID_FOR = timedelta(days=7)
#: What a list of revocations may be late by, in milliseconds.
TIME_TO_LIVE = 300_000

#: The words of a credential are part of what is signed: in the language of the law, with English beside it.
CATEGORIES: dict[Category, tuple[str, str]] = {
    Category.FACTORY: ("绿色工厂", "Green factory"),
    Category.PARK: ("绿色工业园区", "Green industrial park"),
    Category.SUPPLY_CHAIN: ("绿色供应链管理企业", "Green supply chain management enterprise"),
}
LEVELS: dict[Level, tuple[str, str]] = {
    Level.NATIONAL: ("国家级", "National level"),
    Level.REGIONAL: ("自治区级", "Autonomous region level"),
    Level.PREFECTURAL: ("地（市）级", "Prefecture (city) level"),
}


def origin() -> str:
    """The portal's own address, without a slash at its end."""
    settings: Settings = current_app.extensions["portal.settings"]
    return settings.issuer


def issuer() -> str:
    """The address that stands for who signs; the document there names the keys."""
    return f"{origin()}/credentials/issuer"


def address(code: str) -> str:
    """The short address of a code, as it stands inside the QR."""
    return f"{origin()}/c/{code}"


def signed(code: ListCode) -> str:
    """The credential of a code, signed now. It says what the register says today."""
    moment = _minute()
    return current_vault().signing.sign(content(code, moment), TYP)


def content(code: ListCode, moment: datetime) -> dict[str, Any]:
    """What a credential says: unit, category, level, since when, on what basis. Never more than the register's page."""
    entry, unit = code.entry, code.entry.unit
    names = [value for pair in (LEVELS[entry.level], CATEGORIES[entry.category]) for value in pair]
    identifiers = [{"type": "IdentityObject", "hashed": False, "identityHash": unit.name, "identityType": "name"}]
    if unit.uscc:
        identifiers.append(
            {"type": "IdentityObject", "hashed": False, "identityHash": unit.uscc, "identityType": "ext:uscc"}
        )
    return {
        **_frame(moment, VALID_FOR, BADGES_CONTEXT),
        "id": address(code.code),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": f"{names[0]}{names[2]} · {names[3]}, {names[1]}",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "name": unit.name,
            "identifier": identifiers,
            "achievement": {
                "id": f"{origin()}/credentials/{entry.level}/{entry.category}",
                "type": ["Achievement"],
                "achievementType": "Certification",
                "name": f"{names[0]}{names[2]}",
                "description": f"{names[3]}, {names[1]}",
                "criteria": {"narrative": "西藏自治区绿色工厂梯度培育及管理实施细则"},
            },
            "listEntry": {
                "code": code.code,
                "unit": unit.public_id,
                "category": str(entry.category),
                "level": str(entry.level),
                "year": entry.year,
                "listedOn": entry.listed_on.isoformat() if entry.listed_on else None,
                "basis": entry.source_url or None,
            },
        },
        "credentialStatus": {
            "id": f"{list_address(code.place.id)}#{code.place.id % PLACES}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": REVOCATION,
            "statusListIndex": str(code.place.id % PLACES),
            "statusListCredential": list_address(code.place.id),
        },
    }


def list_address(place: int) -> str:
    """The address of the list of revocations that a place stands in."""
    return f"{origin()}/credentials/status/{place // PLACES}"


def signed_list(number: int) -> str | None:
    """A list of revocations, signed now; None where there is no such list yet."""
    revoked, highest = queries.revoked_places()
    if number > highest // PLACES:
        return None
    first = number * PLACES
    bits = bitstring(place - first for place in revoked if first <= place < first + PLACES)
    moment = _minute()
    own = f"{origin()}/credentials/status/{number}"
    said = {
        **_frame(moment, LIST_VALID_FOR),
        "id": own,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "credentialSubject": {
            "id": f"{own}#list",
            "type": "BitstringStatusList",
            "statusPurpose": REVOCATION,
            "ttl": TIME_TO_LIVE,
            "encodedList": bits,
        },
    }
    return current_vault().signing.sign(said, TYP)


def bitstring(places: Iterable[int]) -> str:
    """The bits as the specification writes them: the first at the left, GZIP, base64url with the multibase sign u."""
    bits = bytearray(PLACES // 8)
    for place in places:
        bits[place // 8] |= 0x80 >> place % 8
    # Without a time inside, so that equal lists are equal.
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).decode().rstrip("=")


def is_set(encoded: str, place: int) -> bool:
    """Whether the bit of a place is set in a list.

    Raises:
        ValueError: it is no such list, or it has no such place.
    """
    try:
        packed = base64.urlsafe_b64decode(encoded.removeprefix("u") + "=" * (-len(encoded.removeprefix("u")) % 4))
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as file:
            bits = file.read(PLACES // 8 + 1)
    except (ValueError, OSError, EOFError, zlib.error) as wrong:
        raise ValueError("not a list of revocations") from wrong
    if not encoded.startswith("u") or not 0 <= place < len(bits) * 8:
        raise ValueError("no such place in the list of revocations")
    return bool(bits[place // 8] & 0x80 >> place % 8)


def issuer_document() -> dict[str, Any]:
    """Who signs, as a controlled identifier document: the keys by which credentials are checked."""
    own = issuer()
    methods = [
        {"id": f"{own}#{key['kid']}", "type": "JsonWebKey", "controller": own, "publicKeyJwk": key}
        for key in current_vault().signing.jwks()["keys"]
    ]
    return {
        "@context": "https://www.w3.org/ns/cid/v1",
        "id": own,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def _minute() -> datetime:
    """Now, to the minute: what is asked for twice within it is the same, signature and all, and can be kept."""
    return clock.now().replace(second=0, microsecond=0)


def _frame(moment: datetime, valid_for: timedelta, *contexts: str) -> dict[str, Any]:
    settings: Settings = current_app.extensions["portal.settings"]
    until = moment + valid_for
    return {
        "@context": [CONTEXT, *contexts],
        "issuer": {"id": issuer(), "type": ["Profile"], "name": settings.site_name_zh},
        "iss": issuer(),
        "iat": int(moment.timestamp()),
        "exp": int(until.timestamp()),
        "validFrom": _written(moment),
        "validUntil": _written(until),
    }


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
