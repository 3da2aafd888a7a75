"""The commands as an administrator types them: one line for an error, 2 for wrong use, 1 for a failed task."""

from __future__ import annotations

import os
import sqlite3
import sys
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from portal import cli, create_app
from portal.foundation.database import db


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def portal(tmp_path, monkeypatch, capsys):
    """Run a command as its process would, with its own data: each makes an application of its own.

    That it also works as a process is shown where servers and workers are started.
    """

    def run(*arguments: str, **environment: str) -> Done:
        capsys.readouterr()
        made = []

        def create():
            made.append(create_app())
            return made[-1]

        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["portal", *arguments])
            patch.setattr(cli.portal, "create_app", create)
            for name, value in {"PORTAL_DATA_DIR": str(tmp_path / "data"), **environment}.items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                cli.main()
        for app in made:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()
        said = capsys.readouterr()
        return Done(int(ended.value.code or 0), said.out, said.err)

    return run


def test_a_new_portal_is_set_up_command_by_command(portal):
    assert portal("db", "upgrade").returncode == 0
    added = portal(
        "users", "add", "a@portal.test", "--name", "甲", "--authority", "department", "--role", "administrator",
        "--password", "a long password",
    )  # fmt: skip
    assert added.returncode == 0, added.stderr
    assert "a@portal.test\tdepartment\tadministrator" in portal("users", "list").stdout
    verified = portal("audit", "verify")
    assert verified.returncode == 0
    assert "every link holds" in verified.stdout
    assert portal("reindex").returncode == 0
    assert portal("reindex", "--check").returncode == 0


def test_what_a_service_refuses_is_one_line_and_exit_1(portal):
    portal("db", "upgrade")
    refused = portal(
        "users",
        "add",
        "a@portal.test",
        "--name",
        "甲",
        "--authority",
        "lhasa",
        "--role",
        "auditor",
        "--password",
        "x" * 12,
    )
    assert refused.returncode == 1
    assert refused.stderr.strip() == "Error: These roles do not fit this authority."


def test_wrong_use_is_exit_2(portal):
    assert portal("users", "add").returncode == 2
    assert portal("nonsense").returncode == 2
    assert portal("import-list", "/no/such/file.csv").returncode == 2


def test_a_broken_chain_is_named(portal, tmp_path):
    portal("db", "upgrade")
    with sqlite3.connect(tmp_path / "data" / "portal.sqlite3") as connection:
        connection.execute("UPDATE audit_record SET subject = 'authority:x' WHERE id = 3")
    broken = portal("audit", "verify")
    assert broken.returncode == 1
    assert "record 3" in broken.stderr


def test_production_refuses_to_start_on_defaults_and_says_which(portal):
    refused = portal("serve", PORTAL_ENV="production")
    assert refused.returncode == 2
    assert "PORTAL_SECRET_KEY" in refused.stderr
    assert "PORTAL_KEYSET" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_keys_are_made_once_and_rotated_without_an_application(portal, tmp_path):
    file = str(tmp_path / "keys.json")
    assert portal("keys", "init", file).returncode == 0
    assert portal("keys", "init", file).returncode == 1
    assert portal("keys", "rotate", file).returncode == 0
    assert portal("keys", "rotate", file, "--only", "signing").returncode == 0
    kinds = [line.split("\t")[0] for line in portal("keys", "list", file).stdout.splitlines()]
    assert kinds == ["sealing"] * 2 + ["signing"] * 3


def test_a_portal_that_has_only_a_keyset_is_given_its_signing_keys(portal, tmp_path):
    file = tmp_path / "keyset.json"
    assert portal("keys", "init", str(file)).returncode == 0
    before = file.read_bytes()
    (tmp_path / "signing.json").unlink()
    assert portal("keys", "init", str(file)).returncode == 0
    assert file.read_bytes() == before
    assert (tmp_path / "signing.json").is_file()


def test_the_demonstration_does_not_run_in_production(portal):
    assert portal("demo", PORTAL_ENV="production").returncode == 2


def test_a_message_is_looked_after_by_command(portal, tmp_path):
    portal("db", "upgrade")
    with sqlite3.connect(tmp_path / "data" / "portal.sqlite3") as connection:
        insert = (
            "INSERT INTO outbox_message (kind, subject, facts, state, attempts, due_at, created_at, last_error)"
            " VALUES ('tests.news', 'case:1', '{}', 'waiting', 0, '2026-01-01 00:00:00', '2026-01-01 00:00:00', '')"
        )
        connection.execute(insert)
    assert "tests.news\tcase:1\twaiting" in portal("outbox", "list", "--state", "waiting").stdout
    assert "tries it again" in portal("outbox", "retry", "1").stdout
    assert "dropped" in portal("outbox", "drop", "1").stdout
    assert portal("outbox", "list", "--state", "waiting").stdout == ""


def test_reindex_check_names_a_drift(sqlite_app):
    from portal import search
    from portal.register.models import Unit

    search.reindex(sqlite_app)
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO unit (name, name_key, name_sound, name_bo, province, prefecture, attribution_confirmed,"
                " is_sample, version) VALUES ('样本', '样本', '', '', '西藏', '', 0, 1, 1)"
            )
        )
    db.session.rollback()
    assert db.session.query(Unit).count() == 1
    drift = search.drift(sqlite_app)
    assert not drift.is_clean
    search.reindex(sqlite_app)
    assert search.drift(sqlite_app).is_clean


@pytest.mark.parametrize(
    ("arguments", "environment", "code"),
    [
        (["audit", "verify"], {"PORTAL_PORT": "a secret"}, 2),
        (["audit", "verify"], {"PORTAL_KEYSET": os.devnull}, 1),
        (["keys", "list", os.devnull], {}, 1),
        (["keys", "init"], {}, 2),
        (["no-such-command"], {}, 2),
        (["import-list"], {}, 2),
    ],
)
def test_whatever_is_wrong_is_one_line_without_what_was_set(portal, arguments, environment, code):
    wrong = portal(*arguments, **environment)
    assert wrong.returncode == code
    assert wrong.stderr.startswith("Error: ")
    assert wrong.stderr.count("\n") == 1
    assert "a secret" not in wrong.stderr
