"""``portal backup`` and ``portal restore``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from portal.foundation.room import NoRoom
from portal.operations.backup import NotMade, Refused
from portal.operations.backup import backup as make
from portal.operations.backup import restore as bring_back
from portal.vault import current_vault
from portal.vault.signing import PublicKeys


@click.command("backup")
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Write database and files into the new FILE. The keys are not in it: keep them apart."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    with _words():
        about = make(app, file, click.echo)
    click.echo(f"{file} was made. It opens only with the keyset and the signing keys, which are not in it:")
    click.echo(f"sealing {', '.join(about['keys']['sealing'])}; signing {', '.join(about['keys']['signing'])}")


@click.command("restore")
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--keys",
    "jwks",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A downloaded jwks.json that checks the backup; else the signing keys here.",
)
@with_appcontext
def restore(file: Path, jwks: Path | None) -> None:
    """Bring the backup FILE into an empty database and an empty file store."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    with _words():
        rows = bring_back(app, file, _public_keys(jwks), click.echo)
    click.echo(f"{rows} rows and their files are back; 'portal audit verify' checks the chain")


def _public_keys(jwks: Path | None) -> PublicKeys:
    if jwks is None:
        return current_vault().signing.public_keys()
    try:
        return PublicKeys.from_jwks(json.loads(jwks.read_text(encoding="utf-8")))
    except ValueError:
        raise click.ClickException(f"{jwks} is not a file of public keys (JSON Web Key Set)") from None


@contextmanager
def _words() -> Iterator[None]:
    """Say what went wrong in one line."""
    try:
        yield
    except (NotMade, Refused) as refused:
        raise click.ClickException(str(refused)) from None
    except NoRoom:
        raise click.ClickException("there is no room left on the disk; make some, and begin again") from None
