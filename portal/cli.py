"""The ``portal`` command: each command is thin and calls one service."""

from __future__ import annotations

import sys

import click
from flask import Flask
from flask.cli import FlaskGroup

from portal.foundation.errors import DomainError
from portal.settings import ConfigurationError


def _create() -> Flask:
    from portal import create_app

    return create_app()


@click.group(cls=FlaskGroup, create_app=_create, add_default_commands=False, load_dotenv=False)
def portal() -> None:
    """Run and look after the disclosure and complaints portal."""


def install(app: Flask) -> None:
    """Bind the commands that live with their features."""


def main() -> None:
    """Run a command; an error is one line on standard error (exit 2: wrong use, 1: failed)."""
    try:
        portal.main(standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.UsageError as wrong:
        wrong.show()
        sys.exit(2)
    except click.ClickException as failed:
        failed.show()
        sys.exit(1)
    except click.Abort:
        sys.exit(1)
    except (ConfigurationError, DomainError) as refused:
        message = refused.message if isinstance(refused, DomainError) else refused
        click.echo(f"Error: {message}", err=True)
        sys.exit(1)
