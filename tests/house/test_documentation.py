"""The guides cannot drift: every setting, command and public address is named in them, and nothing that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest
from flask import Flask

from portal.operations import commands
from portal.operations.demo.command import demo
from portal.operations.verifying import verify
from portal.settings import ROOT, Settings

GUIDE = (ROOT / "docs" / "administrators.md").read_text(encoding="utf-8")
WHOLE = GUIDE + "".join((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/editors.md"))
#: What libraries bring along for themselves: not the portal's own, and nobody's to call.
BROUGHT_ALONG = {"openapi", "roles"}
#: Files of the pages, and the login library's own; nobody is sent there.
NOT_FOR_READERS = ("/static/", "/bootstrap/", "/desk", "/my")


def section(title: str) -> str:
    """The text under a heading of the administrators' guide."""
    found = re.search(rf"^## {re.escape(title)}.*?(?=^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL)
    assert found, f"docs/administrators.md has no section '{title}'"
    return found.group()


def leaves(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command below a group with the words that call it."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


@pytest.fixture
def all_commands(sqlite_app: Flask) -> dict[str, click.Command]:
    whole = click.Group(commands={**sqlite_app.cli.commands, "demo": demo, "keys": commands.keys, "verify": verify})
    return {name: command for name, command in leaves(whole) if name.split()[0] not in BROUGHT_ALONG}


@pytest.fixture
def documented() -> dict[str, str]:
    """The commands of the guide with what stands after them: ``portal keys init|list FILE`` is two."""
    found: dict[str, str] = {}
    for said in re.findall(r"`portal ([^`]+)`", section("Commands")):
        words = re.match(r"[a-z|\- ]+(?<! )", said.split(" [")[0].split(" --")[0]).group()  # type: ignore[union-attr]
        *path, last = words.split()
        for name in last.split("|"):
            found[" ".join((*path, name))] = said
    return found


def test_every_setting_is_explained() -> None:
    explained = set(re.findall(r"`([A-Z0-9_]+)`", section("Settings")))
    assert {name.upper() for name in Settings.model_fields} - explained == set()


def test_every_setting_that_is_explained_exists() -> None:
    rows = re.findall(r"^\| ((?:`[A-Z0-9_]+`(?:, )?)+) \|", section("Settings"), re.MULTILINE)
    explained = {name for row in rows for name in re.findall(r"`([A-Z0-9_]+)`", row)}
    assert explained - {name.upper() for name in Settings.model_fields} == set()
    prefixed = {name.removeprefix("PORTAL_") for name in re.findall(r"\bPORTAL_[A-Z_]+\b", WHOLE)}
    assert {name for name in prefixed if name.lower() not in Settings.model_fields} == set()


def test_every_command_is_explained(all_commands: dict[str, click.Command], documented: dict[str, str]) -> None:
    assert set(all_commands) - set(documented) == set()


def test_every_command_that_is_explained_exists(
    all_commands: dict[str, click.Command], documented: dict[str, str]
) -> None:
    assert set(documented) - set(all_commands) == set()


def test_every_option_is_explained(all_commands: dict[str, click.Command]) -> None:
    missing = []
    for name, command in all_commands.items():
        for option in command.params:
            long = [said for said in option.opts if said.startswith("--")]
            if isinstance(option, click.Option) and not any(said in GUIDE for said in long):
                missing.append(f"portal {name} {long[0]}")
    assert missing == []


def test_every_public_address_is_explained(sqlite_app: Flask) -> None:
    """An address stands in the guide as ``/{lang}/units/{ref}``."""
    explained = set(re.findall(r"`(/[^`\s?]*)", section("Addresses")))
    missing = {
        shown
        for rule in sqlite_app.url_map.iter_rules()
        if not rule.rule.startswith(NOT_FOR_READERS)
        and (shown := re.sub(r"<(?:[^<>:]*(?:\([^)]*\))?:)?(\w+)>", r"{\1}", rule.rule)) not in explained
    }
    assert sorted(missing) == []


def test_every_address_that_is_explained_exists(sqlite_app: Flask) -> None:
    there = {re.sub(r"<[^<>]+>", "{}", rule.rule) for rule in sqlite_app.url_map.iter_rules()}
    explained = re.findall(r"^\| (.+?) \|", section("Addresses"), re.MULTILINE)
    named = {address for row in explained for address in re.findall(r"`(/[^`\s?]*)", row)}
    assert len(named) > 30
    assert {address for address in named if re.sub(r"\{\w+\}", "{}", address) not in there} == set()


def test_a_file_that_a_guide_links_to_is_there() -> None:
    for guide in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)\)", guide.read_text(encoding="utf-8")):
            assert (guide.parent / target).exists(), f"{guide.name} links to {target}"
