"""Every template can be read by the engine, and none needs what the content security policy forbids."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from portal.settings import ROOT

FOLDER = ROOT / "templates"
TEMPLATES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file())
INLINE = re.compile(
    r"<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|<script\b(?![^>]*\bsrc=)(?![^>]*type=\"application/)",
    re.IGNORECASE,
)
FOREIGN = re.compile(r"(?:src|href)=[\"'](?:https?:)?//", re.IGNORECASE)
UNCHECKED = re.compile(r"\|\s*safe\b")


def source(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_template_compiles(sqlite_app: Flask, name: str) -> None:
    sqlite_app.jinja_env.get_template(name)


#: A page that is only ever kept and opened elsewhere: it has to have everything inside.
KEPT = {"credentials/offline.html"}
#: A post that only asks: what is sent is too long for an address, and nothing comes of it.
ASKING = {"credentials/batch.html"}


@pytest.mark.parametrize("name", [name for name in TEMPLATES if name not in KEPT])
def test_the_template_has_no_inline_code_and_nothing_from_elsewhere(name: str) -> None:
    text = source(name)
    # An argument of a macro may be called as an attribute is.
    assert not INLINE.findall(re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.DOTALL))
    assert not FOREIGN.findall(re.sub(r"<a\b[^>]*>", "", text))


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_template_trusts_no_text(name: str) -> None:
    """Rich text comes through ``safe_html``, which cleans it; nothing else is taken as it is."""
    assert not UNCHECKED.findall(source(name))
    assert "autoescape false" not in source(name)


@pytest.mark.parametrize("name", [name for name in TEMPLATES if name.endswith(".html") and name not in ASKING])
def test_every_form_that_acts_carries_its_token(name: str) -> None:
    """The secret of a filing is a token of its own."""
    for form in re.findall(r"<form\b[^>]*method=[\"']?post.*?</form>", source(name), re.IGNORECASE | re.DOTALL):
        assert re.search(r"csrf_token|hidden_tag|\bform\.|form_token|\bcaller\b|name=.secret.", form), form[:200]


def test_no_template_is_forgotten() -> None:
    """A template that no code and no template names is shown to nobody."""
    places = [*ROOT.glob("portal/**/*.py"), *FOLDER.rglob("*.*")]
    named = "\n".join(place.read_text(encoding="utf-8") for place in places)
    # The login library asks for these by names of its own.
    ours = [name for name in TEMPLATES if not name.startswith("security/")]
    assert [name for name in ours if f'"{name}"' not in named and f"'{name}'" not in named] == []
