"""The commands of the register."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask
from flask.cli import with_appcontext
from flask_babel import force_locale

from portal.authorities.services import seed_authorities
from portal.register import places, services
from portal.register.lists.files import LARGEST_FILE, UnreadableList
from portal.register.lists.report import ImportReport, Outcome
from portal.register.lists.rows import Defaults
from portal.register.rules import Category, Level
from portal.register.services.rebuilding import rebuild

#: More differences than this are counted and not printed.
MOST_LINES = 50


def install(app: Flask) -> None:
    """Add the commands to ``portal``."""
    app.cli.add_command(import_list_command)
    app.cli.add_command(register_group)


@click.command("import-list")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option(
    "--category", type=click.Choice([str(item) for item in Category]), help="The category of rows that name none."
)
@click.option("--level", type=click.Choice([str(item) for item in Level]), help="The level of rows that name none.")
@click.option("--year", type=click.IntRange(2016, 2100), help="The year of rows that name none.")
@click.option("--batch", default="", help="The batch of rows that name none.")
@click.option("--province", default="", help="The province of rows that name none.")
@click.option("--source-url", default="", help="The page on which the list was published.")
@click.option("--dry-run", is_flag=True, help="Try everything and keep nothing.")
@with_appcontext
def import_list_command(file: Path, *, dry_run: bool, **given: object) -> None:
    """Take the list in FILE (CSV or XLSX) into the register; print what became of its rows."""
    defaults = _defaults(given)
    with force_locale("en"):
        try:
            # One byte more than allowed tells a file that is too large from one that just fits.
            with file.open("rb") as stream:
                content = stream.read(LARGEST_FILE + 1)
            # A unit of the region is put under its authority, which a new database does not have yet.
            seed_authorities()
            report = services.import_list(content, defaults, dry_run=dry_run)
        except UnreadableList as wrong:
            raise click.ClickException(str(wrong.message)) from None
        _print(report)


@click.group("register")
def register_group() -> None:
    """The register and its ledger."""


@register_group.command("rebuild")
@click.option("--check", is_flag=True, help="Compare only; exit 1 on a difference.")
@with_appcontext
def rebuild_command(*, check: bool) -> None:
    """Make the tables of the register again from its ledger."""
    differences = rebuild(check=check)
    for item in differences[:MOST_LINES]:
        facts = f": {', '.join(item.facts)}" if item.facts else ""
        click.echo(f"{item.table} {item.id} {item.kind}{facts}")
    if len(differences) > MOST_LINES:
        click.echo(f"... and {len(differences) - MOST_LINES} more")
    if not differences:
        click.echo("the tables are what the ledger makes")
    elif check:
        raise click.ClickException(f"{len(differences)} rows differ; run: portal register rebuild")
    else:
        click.echo(f"{len(differences)} rows made again")


def _defaults(given: dict[str, object]) -> Defaults:
    category, level, year = given["category"], given["level"], given["year"]
    province = str(given["province"])
    if province and not places.province(province):
        raise click.BadParameter("no province is known by this name", param_hint="--province")
    return Defaults(
        category=Category(str(category)) if category else None,
        level=Level(str(level)) if level else None,
        year=int(str(year)) if year else None,
        batch=str(given["batch"]),
        province=province,
        source_url=str(given["source_url"]),
    )


def _print(report: ImportReport) -> None:
    for row in report.telling:
        place = f"{row.sheet}!{row.number}" if row.sheet else str(row.number)
        said = " ".join(str(sentence) for sentence in row.sentences)
        other = f" (row {row.other_row})" if row.other_row else ""
        click.echo(f"row {place}: {row.outcome} {row.name}: {said}{other}")
    counts = ", ".join(f"{report.counts[outcome]} {outcome}" for outcome in Outcome)
    click.echo(f"{report.total} rows: {counts}")
    click.echo(f"{report.new_units} new units, {report.new_agencies} new agencies")
    if report.dry_run:
        click.echo("dry run: nothing was kept")
