"""The commands of documents."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask
from flask.cli import with_appcontext

from portal.content.importing import Outcome, import_documents


def install(app: Flask) -> None:
    """Add the commands to ``portal``."""
    app.cli.add_command(import_documents_command)


@click.command("import-documents")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--publish", is_flag=True, help="Make the documents public at once.")
@with_appcontext
def import_documents_command(file: Path, publish: bool) -> None:  # noqa: FBT001 - click passes options so
    """Take in documents from FILE, one JSON object a line; print what became of each."""
    counted = dict.fromkeys(Outcome, 0)
    with file.open(encoding="utf-8-sig") as lines:
        for report in import_documents(lines, publish=publish, folder=file.parent):
            counted[report.outcome] += 1
            reason = f": {report.reason}" if report.reason else ""
            click.echo(f"line {report.number}: {report.outcome} {report.slug}{reason}")
    click.echo(", ".join(f"{count} {outcome}" for outcome, count in counted.items()))
    if counted[Outcome.FAILED]:
        raise click.ClickException(f"{counted[Outcome.FAILED]} lines were not imported; the report names each")
