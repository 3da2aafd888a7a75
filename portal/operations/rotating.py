"""The commands that finish a change of the sealing key: wrap anew, then let the old key go."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import click
from flask import Flask

from portal.filings import rewrapping
from portal.foundation.chores import add_chore
from portal.operations.commands import keys, keyset_of
from portal.vault import keys as keysets

#: For so long after a change of the keyset a filing may still be on its way that was begun under the key before.
ON_THE_WAY = timedelta(hours=1)


def install(app: Flask) -> None:
    """Let the worker wrap keys anew after every rotation."""
    add_chore(app, "keys.rewrap", timedelta(hours=1), rewrapping.rewrap_all)


@keys.command("rewrap")
def rewrap() -> None:
    """Wrap the keys of all filings with the newest sealing key. The portal goes on serving."""
    from portal import create_app

    with create_app().app_context():
        click.echo(f"{rewrapping.rewrap_all()} keys of filings were wrapped with the newest key")


@keys.command("retire")
@click.argument("key_id")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def retire(key_id: str, file: Path | None) -> None:
    """Remove the old sealing key KEY_ID from the keyset; only when nothing is wrapped with it any more."""
    from portal import create_app

    path = keyset_of(file)
    try:
        prefix = keysets.prefix_of(key_id)
    except (ValueError, OverflowError):
        raise click.BadParameter("'portal keys list' prints the numbers", param_hint="KEY_ID") from None
    if time.time() - path.stat().st_mtime < ON_THE_WAY.total_seconds():
        raise click.ClickException("the keyset was changed less than an hour ago: filings may still be on their way")
    is_primary = any(key.primary and keysets.prefix_of(key.key_id) == prefix for key in keysets.list_keys(path))
    with create_app().app_context():
        left = 0 if is_primary else rewrapping.number_wrapped_with(prefix)
    if left:
        raise click.ClickException(f"{left} filings need this key; 'portal keys rewrap' wraps their keys anew")
    try:
        keysets.retire_key(path, key_id)
    except keysets.KeyNeeded as needed:
        raise click.ClickException(str(needed)) from None
    click.echo(f"{key_id} was removed; what is left of it are your copies of the keyset")
