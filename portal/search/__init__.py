"""Full-text search over everything public, in Chinese and Tibetan.

Features contribute sources (:func:`register_source`) and queue what changes (:func:`mark_changed`); pages ask
:func:`index_of` and show what :mod:`portal.search.highlight` makes of the texts.
"""

from __future__ import annotations

import logging

import click
from flask import Flask

from portal.foundation.database import committed
from portal.search.catalogue import Source, register_source
from portal.search.highlight import Piece, highlight, snippet
from portal.search.protocol import Entry, Filters, Hit, Index, Results, SearchBusyError, Sort
from portal.search.queue import Drift, SearchChange, apply_pending, drift, index_of, mark_changed, reindex
from portal.search.whoosh_engine import WhooshIndex

__all__ = [
    "Drift",
    "Entry",
    "Filters",
    "Hit",
    "Index",
    "Piece",
    "Results",
    "SearchBusyError",
    "SearchChange",
    "Sort",
    "Source",
    "apply_pending",
    "check_index",
    "drift",
    "highlight",
    "index_of",
    "install",
    "mark_changed",
    "rebuild_index",
    "register_source",
    "reindex",
    "snippet",
]

logger = logging.getLogger(__name__)


def install(app: Flask) -> None:
    """Give the application its search engine, in the data directory, and let it follow every commit."""
    settings = app.extensions["portal.settings"]
    app.extensions["portal.search"] = WhooshIndex(settings.data_dir / "search")
    committed.connect(_follow)


def _follow(app: Flask, **_details: object) -> None:
    """Apply what the commit queued. A failure never breaks the request that committed; the queue keeps its rows."""
    if "portal.search" not in app.extensions:
        return
    try:
        apply_pending(app)
    except Exception:
        logger.exception(
            "The search index could not follow a change; the next change or 'portal reindex' brings it up to date."
        )


def rebuild_index(app: Flask) -> None:
    """``portal reindex``: rebuild, and say how many entries there are.

    Raises:
        click.ClickException: if another process keeps writing the index.
    """
    try:
        count = reindex(app)
    except SearchBusyError:
        raise click.ClickException(
            "another process is writing the search index; try again when it has finished"
        ) from None
    click.echo(f"{count} entries indexed")


def check_index(app: Flask) -> bool:
    """``portal reindex --check``: print the drift, one key a line; whether there is none (the command exits 1 else)."""
    found = drift(app)
    for word, keys in (("missing", found.missing), ("stale", found.stale), ("surplus", found.surplus)):
        for key in keys:
            click.echo(f"{word} {key}")
    click.echo("the index agrees with the database" if found.is_clean else "the index differs: run 'portal reindex'")
    return found.is_clean
