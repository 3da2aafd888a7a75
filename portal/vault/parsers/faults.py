"""Why a file is not read, in the words of :class:`portal.vault.children.Fault`."""

from __future__ import annotations


class Damaged(Exception):
    """It is not what it claims to be."""

    fault = "damaged"


class Protected(Exception):
    """It opens only with a password."""

    fault = "protected"


class Signed(Exception):
    """It carries a digital signature, which a changed copy would lose."""

    fault = "signed"


class NoSuchPage(Exception):
    """It has fewer pages."""

    fault = "no_such_page"


class TooMuch(Exception):
    """There is more in it than is looked at."""

    fault = "too_much"
