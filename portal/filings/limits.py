"""The limits of evidence, told before they are met."""

from __future__ import annotations

from collections.abc import Collection

from flask import current_app
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.settings import Settings


def _settings() -> Settings:
    settings: Settings = current_app.extensions["portal.settings"]
    return settings


def most_files() -> int:
    """How many files one sending may have."""
    return _settings().max_evidence_files


def most_megabytes() -> int:
    """How large one file may be, in MB."""
    return _settings().max_evidence_mb


def most_total_megabytes() -> int:
    """How large all files of one sending may be together, in MB; never less than one file may be."""
    return max(_settings().max_evidence_total_mb, most_megabytes())


def excess(sizes: Collection[int], more: int) -> LazyString | None:
    """Why a file of ``more`` bytes cannot come to those that are there; None where it can.

    Args:
        sizes: what each of the others has, in bytes.
    """
    if len(sizes) >= most_files():
        return _l("At most %(n)s files can be sent.", n=most_files())
    if sum(sizes) + more > most_total_megabytes() * 1024**2:
        return _l("All files together may have at most %(max)s MB.", max=most_total_megabytes())
    return None
