"""``portal demo``: everything a stranger needs to look around, then a server."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import click
from flask import Flask
from flask_migrate import upgrade

from portal import search
from portal.operations import serving, worker
from portal.operations.demo import seeding
from portal.settings import ConfigurationError, Settings


@click.command("demo")
@click.option("--port", type=click.IntRange(1, 65535), help="Default: PORTAL_PORT or 8000.")
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), help="Folder of database, files and search index."
)
@click.option("--seed-only", is_flag=True, help="Make the data and stop before serving.")
def demo(port: int | None, data: Path | None, seed_only: bool) -> None:  # noqa: FBT001 - click passes options so
    """Make the demonstration's data where it is missing, print the accounts, and serve."""
    from portal import create_app

    given = {name: value for name, value in (("data_dir", data), ("port", port)) if value is not None}
    settings = Settings(**given)  # type: ignore[arg-type]
    if settings.is_production:
        raise ConfigurationError("the demonstration has public passwords and does not run with PORTAL_ENV=production")
    started = time.monotonic()
    app = create_app(settings)
    with app.app_context():
        upgrade()
        receipts = seeding.seed(click.echo)
        search.apply_pending(app)
    click.echo(f"ready after {time.monotonic() - started:.0f} s\n")
    _introduce(app, port or settings.port, receipts)
    if not seed_only:
        # In this process, so that it ends with the server; the server's own processes are separate.
        threading.Thread(target=worker.run, args=(app, threading.Event()), name="worker", daemon=True).start()
        serving.serve(settings, port)


def _introduce(app: Flask, port: int, receipts: list[tuple[str, str]]) -> None:
    host = app.extensions["portal.settings"].host
    shown = "localhost" if host in {"127.0.0.1", "0.0.0.0"} else host  # noqa: S104 - compared, not bound
    width = max(len(account.email) for account in seeding.ACCOUNTS)
    click.echo(f"The portal:  http://{shown}:{port}/   (/zh/  /bo/  /en/)")
    click.echo(f"The desk:    http://{shown}:{port}/desk/   every password is: {seeding.PASSWORD}\n")
    for account in seeding.ACCOUNTS:
        click.echo(f"  {account.email:<{width}}  {account.name}")
    if receipts:
        receipt, secret = receipts[1]
        click.echo(f"\nA sample complaint to follow: receipt {receipt}, secret {secret}")
    settings: Settings = app.extensions["portal.settings"]
    if settings.smtp_url is None or settings.sms_webhook_url is None:
        click.echo(f"\nE-mails and short messages are not sent; they are kept in {settings.data_dir / 'outbox'}")
    click.echo()
