"""The commands of operation: serving, database, search index, audit, accounts, keys."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_babel import force_locale
from flask_migrate import upgrade

from portal import search
from portal.authorities import queries, services
from portal.authorities.rules import ROLE_LABELS, Role
from portal.credentials import services as credentials
from portal.foundation import audit
from portal.foundation.errors import Invalid
from portal.operations import serving, worker
from portal.operations.backup.commands import backup, restore
from portal.operations.export import NotEmpty, export
from portal.operations.outbox.commands import outbox
from portal.vault import keys as keysets
from portal.vault import signing_keys
from portal.vault.store import FileMissing

DEFAULT_KEYSET = "PORTAL_KEYSET"
DEFAULT_SIGNING_KEYS = "PORTAL_SIGNING_KEYS"


def install(app: Flask) -> None:
    """Add the commands to ``portal``."""
    for command in (serve, work, outbox, database, reindex, export_all, audit_commands, users, backup, restore):
        app.cli.add_command(command)


@click.command()
@with_appcontext
def serve() -> None:
    """Serve the portal on PORTAL_HOST and PORTAL_PORT."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the server outlives the proxy
    serving.refuse_demo_accounts(app)
    search.apply_pending(app)
    serving.serve(app.extensions["portal.settings"])


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now and end.")
@with_appcontext
def work(*, once: bool) -> None:
    """Deliver the outbox and do the chores, until stopped. Any number of workers may run."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the worker outlives the proxy
    if once:
        delivered, done = worker.work_once(app)
        click.echo(f"{delivered} messages delivered, {done} chores done")
        return
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    worker.run(app, stop)


@click.group("db")
def database() -> None:
    """Look after the database."""


@database.command("upgrade")
@with_appcontext
def upgrade_database() -> None:
    """Bring the database to this release's schema, with the nine authorities and the codes of listed units."""
    upgrade()
    services.seed_authorities()
    credentials.follow()
    click.echo("the database is up to date")


@click.command()
@click.option("--check", is_flag=True, help="Compare with the database and print the drift; change nothing.")
@with_appcontext
def reindex(*, check: bool) -> None:
    """Rebuild the search index from the database."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    if not check:
        search.rebuild_index(app)
    elif not search.check_index(app):
        raise click.exceptions.Exit(1)


@click.command("export")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@with_appcontext
def export_all(folder: Path) -> None:
    """Write everything public into DIR, an empty or new folder, in open formats with a manifest."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    try:
        done = export(app, folder)
    except NotEmpty:
        raise click.ClickException(f"{folder} is not empty; name a new folder") from None
    except FileMissing:
        raise click.ClickException("a file of a published document is not in the store; nothing was written") from None
    for item in done.files:
        click.echo(f"{item['sha256']}  {item['path']}")
    click.echo(", ".join(f"{number} {kind}" for kind, number in done.counts.items()))


@click.group("audit")
def audit_commands() -> None:
    """Look after the audit log."""


@audit_commands.command("verify")
@with_appcontext
def verify_audit() -> None:
    """Walk the hash chain; name the first broken link."""
    broken = audit.verify()
    if broken is not None:
        raise click.ClickException(f"the chain is broken at record {broken.record_id}: {broken.why}")
    click.echo(f"{audit.count()} records, every link holds")


@click.group()
def users() -> None:
    """Look after staff accounts."""


@users.command("list")
@with_appcontext
def list_users() -> None:
    """Print all accounts."""
    for person in queries.staff():
        state = "" if person.active else " (closed)"
        click.echo(f"{person.email}\t{person.authority.code}\t{', '.join(sorted(person.role_set))}{state}")


@users.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--authority", required=True, help="Such as department, lhasa, zangqing.")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([str(role) for role in ROLE_LABELS]))
@click.password_option(help="At least 12 characters; asked for when not given.")
@with_appcontext
def add_user(email: str, name: str, authority: str, roles: tuple[str, ...], password: str) -> None:
    """Open an account."""
    found = queries.authority_by_code(authority)
    if found is None:
        raise click.BadParameter("there is no such authority", param_hint="--authority")
    with _words():
        services.create_account(email, name, found, {Role(role) for role in roles}, password)
    click.echo(f"{email} may log in")


@users.command("password")
@click.argument("email")
@click.password_option(help="At least 12 characters; asked for when not given.")
@with_appcontext
def set_user_password(email: str, password: str) -> None:
    """Give an account a new password and end its sessions."""
    person = queries.person_by_email(email)
    if person is None:
        raise click.BadParameter("there is no such account", param_hint="EMAIL")
    with _words():
        services.set_password(person, password)
    click.echo("the password was changed")


@contextmanager
def _words() -> Iterator[None]:
    """Say what a service refuses in one line."""
    with force_locale("en"):
        try:
            yield
        except Invalid as refused:
            said = "; ".join(str(fault) for fault in refused.fields.values())
            raise click.ClickException(said) from None


@click.group()
def keys() -> None:
    """Look after the keyset that seals citizens' data, and the signing keys beside it. Needs no database."""


def keyset_of(file: Path | None) -> Path:
    """The keyset file that a command is about."""
    named = file or (Path(os.environ[DEFAULT_KEYSET]) if DEFAULT_KEYSET in os.environ else None)
    if named is None:
        raise click.UsageError(f"name a file, or set {DEFAULT_KEYSET}")
    return named


def _signing_path(keyset: Path) -> Path:
    named = os.environ.get(DEFAULT_SIGNING_KEYS)
    return Path(named) if named else signing_keys.beside(keyset)


@keys.command("init")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
def init_keys(file: Path | None) -> None:
    """Make a new keyset FILE, and signing keys beside it; existing ones are never overwritten."""
    path = keyset_of(file)
    made = []
    with suppress(keysets.KeysetExists):
        keysets.init_keyset(path)
        made.append(path)
        click.echo(f"{path} was made. Keep a copy apart from the data: without it nothing sealed opens again.")
    with suppress(signing_keys.SigningKeysExist):
        signing_keys.init_keys(_signing_path(path))
        made.append(_signing_path(path))
        click.echo(f"{made[-1]} was made. It signs receipts; whoever has it can forge them.")
    if not made:
        raise click.ClickException(f"{path} and the signing keys exist already and were left as they are")


@keys.command("rotate")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--only", type=click.Choice(["sealing", "signing"]), help="Leave the other file as it is.")
def rotate_keys(file: Path | None, only: str | None) -> None:
    """Add a new primary key to the keyset FILE and a new signing key; what older keys sealed or signed still holds."""
    path = keyset_of(file)
    if only != "signing":
        keysets.rotate_keyset(path)
        click.echo(
            "a new key seals from now on, in a running portal too; 'portal keys rewrap' brings older data under it"
        )
    if only != "sealing":
        signing_keys.rotate_keys(_signing_path(path))
        click.echo("a new key signs from now on; the old ones go on checking what they signed")


@keys.command("list")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def list_keys(file: Path | None) -> None:
    """Print the numbers and states of the keys, never the keys."""
    path = keyset_of(file)
    for key in keysets.list_keys(path):
        click.echo(f"sealing\t{key.key_id}\t{key.status}{' (primary)' if key.primary else ''}")
    for signer in signing_keys.list_keys(_signing_path(path)):
        click.echo(f"signing\t{signer.kid}\t{signer.created}{' (primary)' if signer.signs else ''}")
