"""The ``portal`` command: each command is thin and calls one service."""

from __future__ import annotations

import sys

import click
from flask import Flask
from flask.cli import FlaskGroup
from pydantic import ValidationError

from portal.foundation.errors import DomainError
from portal.settings import ConfigurationError, Settings
from portal.vault.keys import KeysetDamaged, KeysetMissing
from portal.vault.signing_keys import SigningKeysDamaged, SigningKeysMissing


def _create() -> Flask:
    from portal import create_app

    return create_app()


class Commands(FlaskGroup):
    """The portal's own commands alone: those that libraries bring along would act past the services."""

    def _load_plugin_commands(self) -> None:
        pass


@click.group(cls=Commands, create_app=_create, add_default_commands=False, load_dotenv=False)
def portal() -> None:
    """Run and look after the disclosure and complaints portal."""


def main() -> None:
    """Run a command; an error is one line on standard error (exit 2: wrong use, 1: failed)."""
    from portal.operations import commands
    from portal.operations.demo.command import demo
    from portal.operations.verifying import verify

    portal.add_command(demo)
    portal.add_command(commands.keys)
    portal.add_command(verify)
    try:
        # Checked first: a command that loads the application would print a trace instead of the reason.
        if len(sys.argv) > 1 and sys.argv[1] not in {"keys", "demo", "verify", "--help"}:
            Settings().check()
        code = portal.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.ClickException as failed:
        click.echo(f"Error: {failed.format_message()}", err=True)
        sys.exit(failed.exit_code)
    except click.Abort:
        sys.exit(1)
    except ValidationError as wrong:
        # The values are left out: one of them may be a secret.
        faults = (f"PORTAL_{'_'.join(map(str, fault['loc'])).upper()}: {fault['msg']}" for fault in wrong.errors())
        click.echo(f"Error: {'; '.join(faults)}", err=True)
        sys.exit(2)
    except (KeysetMissing, KeysetDamaged, SigningKeysMissing, SigningKeysDamaged) as refused:
        click.echo(f"Error: {refused}", err=True)
        sys.exit(1)
    except ConfigurationError as refused:
        click.echo(f"Error: {refused}", err=True)
        sys.exit(2)
    except DomainError as refused:
        click.echo(f"Error: {refused}", err=True)
        sys.exit(1)
