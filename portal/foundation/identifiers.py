"""Numbers that people write by hand: receipts, secrets, credit codes, identity documents, mobile numbers.

Everything here is pure. A number says whether it is *plausible*, never whether it is true; what is wrong with it is a
:class:`Flaw`, from which a form makes its sentence. No error text ever repeats the number itself.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from stdnum.cn import ric as resident_number
from stdnum.cn import uscc as credit_code
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_37_36 as hybrid_check

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

READABLE = "23456789ACDEFGHJKMNPQRTUVWXY"
"""28 signs, none like another (no 0/O, 1/I/L, Z, S, B). One less than a prime, as hybrid checks of ISO 7064 need."""

_LOOK_ALIKES = str.maketrans({"Z": "2", "S": "5", "B": "8"})
_DIGIT_LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "B": "8"})
_RECEIPT_PREFIX = "XZ"
_RECEIPT_BODY = 11
_SECRET_BODY = 23
_RESUME_BODY = 15
_LIST_CODE_BODY = 15
_DASHES = frozenset("-_.·•‐‑‒–—―−﹣－ー་")
_OLDEST_YEAR = 1900


class Flaw(StrEnum):
    """What is wrong with an identifier."""

    EMPTY = "empty"
    LENGTH = "length"
    CHARACTERS = "characters"
    CHECK = "check"
    DATE = "date"


class InvalidIdentifier(ValueError):
    """An identifier cannot be right. ``code`` says why; the identifier itself is never in the message."""

    def __init__(self, code: Flaw) -> None:
        self.code = code
        super().__init__(code.value)


class IdType(StrEnum):
    """The documents by which somebody says who they are."""

    RESIDENT_ID = "resident_id"
    RESIDENCE_PERMIT_HMT = "residence_permit_hmt"
    PERMANENT_RESIDENCE = "permanent_residence"
    TRAVEL_PERMIT_HM = "travel_permit_hm"
    TRAVEL_PERMIT_TW = "travel_permit_tw"
    PASSPORT = "passport"
    ORGANISATION = "organisation"


class Chooser(Protocol):
    """A source of chance, as the ``secrets`` module is one."""

    def choice(self, seq: Sequence[str], /) -> str:
        """Any one element of ``seq``, each as likely as the others."""
        ...


# Receipts


def new_receipt(year: int, rng: Chooser = secrets) -> str:
    """A receipt number such as ``XZ26-7K3M-9Q2D-8FXC``: year, 11 chance signs (2^52), 1 check sign over all before it.

    The number alone opens nothing, and following numbers say nothing about how many were given.
    """
    years = f"{year % 100:02d}"
    body = "".join(rng.choice(READABLE) for _ in range(_RECEIPT_BODY))
    return _show_receipt(years, body + _check_sign(_year_signs(years) + body))


def normalize_receipt(text: str) -> str:
    """The receipt number somebody typed, in its one written form.

    Lower case, spaces, missing or foreign dashes, full-width letters and look-alike signs are forgiven.

    Raises:
        InvalidIdentifier: ``empty``, ``length``, ``characters`` or ``check``.
    """
    plain = _plain(text)
    if len(plain) != len(_RECEIPT_PREFIX) + 2 + _RECEIPT_BODY + 1:
        raise InvalidIdentifier(Flaw.LENGTH)
    prefix, years, body = plain[:2], plain[2:4].translate(_DIGIT_LOOK_ALIKES), plain[4:].translate(_LOOK_ALIKES)
    if prefix not in {_RECEIPT_PREFIX, "X2"} or not _is_digits(years) or not _is_readable(body):
        raise InvalidIdentifier(Flaw.CHARACTERS)
    if not hybrid_check.is_valid(_year_signs(years) + body, READABLE):
        raise InvalidIdentifier(Flaw.CHECK)
    return _show_receipt(years, body)


def _show_receipt(years: str, body: str) -> str:
    return f"{_RECEIPT_PREFIX}{years}-{_grouped(body)}"


def _year_signs(years: str) -> str:
    """The year in the signs that the check knows, so that a wrong year is noticed too."""
    return "".join(READABLE[int(digit)] for digit in years)


# Secrets


def secret_from(key: bytes, token: str) -> str:
    """The complainant's secret for a filing token: six groups of four signs, 110 bits and a check sign.

    It follows from the server's ``key`` and the unguessable ``token`` of the form, so that a form sent twice shows the
    same secret again although only its digest is kept.
    """
    return _code_from(key, b"complainant secret\0" + token.encode(), _SECRET_BODY)


def normalize_secret(text: str) -> str:
    """The secret somebody typed, in its one written form.

    Raises:
        InvalidIdentifier: ``empty``, ``length``, ``characters`` or ``check`` (a typing error, not a wrong guess).
    """
    return _code(text, _SECRET_BODY)


def secret_digest(secret: str) -> str:
    """What is kept of a secret: SHA-256 in hexadecimal, of its normalised form.

    A slow password hash would add nothing: 110 bits of chance cannot be tried through.
    """
    return hashlib.sha256(normalize_secret(secret).encode()).hexdigest()


def is_secret(secret: str, digest: str) -> bool:
    """Whether a typed secret belongs to a kept digest, compared in constant time; a malformed one belongs to none."""
    try:
        found = secret_digest(secret)
    except InvalidIdentifier:
        found = ""
    return hmac.compare_digest(found.encode(), digest.encode())


# Resume codes


def resume_code_from(key: bytes, token: str) -> str:
    """The code under which a draft is found again: four groups of four signs, 72 bits and a check sign.

    It follows from the server's ``key`` and the draft's ``token``, so that it can be shown again and is kept nowhere.
    """
    return _code_from(key, b"resume code\0" + token.encode(), _RESUME_BODY)


def normalize_resume_code(text: str) -> str:
    """The resume code somebody typed, in its one written form.

    Raises:
        InvalidIdentifier: ``empty``, ``length``, ``characters`` or ``check`` (a typing error, not a wrong guess).
    """
    return _code(text, _RESUME_BODY)


# Codes of list membership


def new_list_code(rng: Chooser = secrets) -> str:
    """A code such as ``7K3M-9Q2D-8FXC-AV4P`` that is printed and scanned: 72 bits of chance and a check sign."""
    body = "".join(rng.choice(READABLE) for _ in range(_LIST_CODE_BODY))
    return _grouped(body + _check_sign(body))


def normalize_list_code(text: str) -> str:
    """The code that somebody typed, in its one written form.

    Raises:
        InvalidIdentifier: ``empty``, ``length``, ``characters`` or ``check`` (a typing error, not a foreign code).
    """
    return _code(text, _LIST_CODE_BODY)


def _code_from(key: bytes, content: bytes, length: int) -> str:
    number = int.from_bytes(hmac.digest(key, content, hashlib.sha256))
    signs = []
    for _ in range(length):
        number, index = divmod(number, len(READABLE))
        signs.append(READABLE[index])
    body = "".join(signs)
    return _grouped(body + _check_sign(body))


def _code(text: str, length: int) -> str:
    plain = _plain(text).translate(_LOOK_ALIKES)
    if len(plain) != length + 1:
        raise InvalidIdentifier(Flaw.LENGTH)
    if not _is_readable(plain):
        raise InvalidIdentifier(Flaw.CHARACTERS)
    if not hybrid_check.is_valid(plain, READABLE):
        raise InvalidIdentifier(Flaw.CHECK)
    return _grouped(plain)


# Credit codes and identity documents

_USCC = re.compile(r"[1-9ANY][0-9A-Z][0-9]{6}[0-9A-HJ-NP-RT-UW-Y]{10}", re.ASCII)
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]", re.ASCII)
_TRAVEL_PERMIT_HM = re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?", re.ASCII)
_TRAVEL_PERMIT_TW = re.compile(r"[0-9]{8}|[0-9]{10}[A-Z]?", re.ASCII)
_PASSPORT = re.compile(r"(?=.*[0-9])[0-9A-Z]{5,15}", re.ASCII)
_OLD_PERMANENT_RESIDENCE = re.compile(r"[A-Z]{3}[0-9]{12}", re.ASCII)
_ID_LENGTH = 18


def uscc(text: str) -> str:
    """The unified social credit code somebody typed, checked by GB 32100 and normalised.

    The registering authority may be a letter (A, N, Y), as village cooperatives have it, which python-stdnum refuses;
    its check digit is used, its idea of the shape is not.

    Raises:
        InvalidIdentifier: ``empty``, ``length``, ``characters`` or ``check``.
    """
    plain = _plain(text)
    if len(plain) != _ID_LENGTH:
        raise InvalidIdentifier(Flaw.LENGTH)
    if not _USCC.fullmatch(plain):
        raise InvalidIdentifier(Flaw.CHARACTERS)
    if credit_code.calc_check_digit(plain) != plain[-1]:
        raise InvalidIdentifier(Flaw.CHECK)
    return plain


def plausible_identity(id_type: IdType | str, number: str, *, today: date | None = None) -> str:
    """The number of an identity document, normalised, if such a document can exist.

    Resident identity cards, the residence permits of 810000, 820000 and 830000 and the 18-digit permanent residence
    card are told by check digit and a possible birth date, never by their division prefix: older divisions are
    abolished and their cards are still valid. Passports and travel permits are told by their shape.

    Args:
        id_type: which document it is said to be.
        number: as it was typed.
        today: a birth date after this day is impossible; without it only the calendar is asked.

    Raises:
        InvalidIdentifier: ``empty``, ``length``, ``characters``, ``check`` or ``date``.
        ValueError: there is no such ``id_type``.
    """
    kind = IdType(id_type)
    if kind is IdType.ORGANISATION:
        return uscc(number)
    plain = _plain(number)
    if kind is IdType.PERMANENT_RESIDENCE:
        return _permanent_residence(plain, today)
    if kind in {IdType.RESIDENT_ID, IdType.RESIDENCE_PERMIT_HMT}:
        return _eighteen(plain, today)
    shape = {
        IdType.TRAVEL_PERMIT_HM: _TRAVEL_PERMIT_HM,
        IdType.TRAVEL_PERMIT_TW: _TRAVEL_PERMIT_TW,
        IdType.PASSPORT: _PASSPORT,
    }[kind]
    if not shape.fullmatch(plain):
        raise InvalidIdentifier(Flaw.CHARACTERS)
    return plain


def _permanent_residence(plain: str, today: date | None) -> str:
    # Cards of the form before December 2023 (three letters, twelve digits) stay valid until they expire.
    if _OLD_PERMANENT_RESIDENCE.fullmatch(plain):
        return plain
    if len(plain) == _ID_LENGTH and not plain.startswith("9"):
        raise InvalidIdentifier(Flaw.CHARACTERS)
    return _eighteen(plain, today)


def _eighteen(plain: str, today: date | None) -> str:
    if len(plain) != _ID_LENGTH:
        raise InvalidIdentifier(Flaw.LENGTH)
    if not _EIGHTEEN.fullmatch(plain):
        raise InvalidIdentifier(Flaw.CHARACTERS)
    if resident_number.calc_check_digit(plain) != plain[-1]:
        raise InvalidIdentifier(Flaw.CHECK)
    try:
        born = resident_number.get_birth_date(plain)
    except (ValidationError, ValueError):
        raise InvalidIdentifier(Flaw.DATE) from None
    if born.year < _OLDEST_YEAR or (today is not None and born > today):
        raise InvalidIdentifier(Flaw.DATE)
    return plain


# Mobile numbers

_PRC_MOBILE = re.compile(r"(?:\+86)?(1[3-9][0-9]{9})", re.ASCII)
_INTERNATIONAL = re.compile(r"\+(?!86)[1-9][0-9]{6,14}", re.ASCII)
_PHONE_SIGNS = re.compile(r"\+?[0-9]+", re.ASCII)


def plausible_mobile(text: str) -> str:
    """A mobile number in the international form (E.164), such as ``+8613800138000``.

    Eleven digits alone are a number of the People's Republic; any other needs ``+`` or ``00`` and its country.

    Raises:
        InvalidIdentifier: ``empty``, ``characters`` or ``length``.
    """
    plain = _plain(text).translate(str.maketrans("", "", "()"))
    if plain.startswith("00"):
        plain = "+" + plain[2:]
    if not _PHONE_SIGNS.fullmatch(plain):
        raise InvalidIdentifier(Flaw.CHARACTERS)
    # Numbers of the country are often written with the country's code but without its plus sign.
    domestic = _PRC_MOBILE.fullmatch(plain) or _PRC_MOBILE.fullmatch("+" + plain)
    if domestic:
        return "+86" + domestic.group(1)
    if _INTERNATIONAL.fullmatch(plain):
        return plain
    raise InvalidIdentifier(Flaw.LENGTH)


# What they share


def _plain(text: str) -> str:
    """Capitals and plain digits of ``text``: full width folded, digits of any script read, spaces and dashes away.

    Raises:
        InvalidIdentifier: ``empty`` when nothing is left.
    """
    kept = []
    for sign in unicodedata.normalize("NFKC", text).upper():
        digit = unicodedata.decimal(sign, None)
        if digit is not None:
            kept.append(str(digit))
        elif sign not in _DASHES and not sign.isspace() and unicodedata.category(sign) != "Cf":
            kept.append(sign)
    if not kept:
        raise InvalidIdentifier(Flaw.EMPTY)
    return "".join(kept)


def _grouped(signs: str) -> str:
    return "-".join(signs[start : start + 4] for start in range(0, len(signs), 4))


def _check_sign(signs: str) -> str:
    return hybrid_check.calc_check_digit(signs, READABLE)


def _is_readable(signs: str) -> bool:
    return all(sign in READABLE for sign in signs)


def _is_digits(signs: str) -> bool:
    return signs.isascii() and signs.isdigit()
