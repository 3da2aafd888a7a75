"""The limits of evidence, told before they are met."""

from __future__ import annotations

from flask import current_app

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
