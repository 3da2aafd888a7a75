"""No address appears or disappears unnoticed, and none is open that should be guarded."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.routing.converters import AnyConverter, NumberConverter, UUIDConverter

from portal.extensions import csrf
from portal.foundation.web import is_private

LISTED = Path(__file__).with_name("endpoints.txt")
#: The pages of the desk that somebody must reach who has not logged in.
WAY_IN = {
    "desk.change_language",
    "security.login",
    "security.static",
    "security.verify",
    "security.logout",
    "security.change_password",
}
#: A complaint or an objection, and its receipt with its secret, need no session: who files has none, and a receipt is its own proof.
WITHOUT_CSRF_TOKEN = {
    "complaints.new",
    "complaints.resume",
    "complaints.status",
    "complaints.receipt",
    "complaints.whom",
    "objections.new",
    "objections.status",
    "objections.receipt",
    "rectification.index",
    "verify.check",
    "batch.check",
    "api.verify_batch",
}
#: A post that only asks: what is sent is too long for an address, and nothing comes of it.
ASKING = {"verify.check", "batch.check", "api.verify_batch"}
READING = {"GET", "HEAD", "OPTIONS"}


def rules(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule))


def methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def is_guarded(app: Flask, rule: Rule) -> bool:
    return hasattr(app.view_functions[rule.endpoint], "staff_permissions")


def example(app: Flask, rule: Rule) -> str:
    """An address that the rule matches."""
    values: dict[str, object] = {}
    for name, converter in rule._converters.items():
        if name == "lang":
            values[name] = "zh"
        elif isinstance(converter, AnyConverter):
            values[name] = min(converter.items)
        elif isinstance(converter, NumberConverter):
            values[name] = 1
        elif isinstance(converter, UUIDConverter):
            values[name] = "00000000-0000-0000-0000-000000000000"
        else:
            values[name] = "x"
    with app.test_request_context():
        built = rule.build(values)
    assert built is not None
    return built[1]


def listing(app: Flask) -> str:
    lines = []
    for rule in rules(app):
        who = "staff" if is_guarded(app, rule) else "public"
        lines.append(f"{rule.endpoint} {','.join(methods(rule))} {rule.rule} {who}")
    return "\n".join(lines) + "\n"


def test_every_address_is_listed(sqlite_app: Flask) -> None:
    """Set PORTAL_UPDATE=1 to write the list anew, and look at the difference before it is committed."""
    now = listing(sqlite_app)
    if os.environ.get("PORTAL_UPDATE"):
        LISTED.write_text(now, encoding="utf-8")
    was = LISTED.read_text(encoding="utf-8")
    gone = sorted(set(was.splitlines()) - set(now.splitlines()))
    new = sorted(set(now.splitlines()) - set(was.splitlines()))
    assert (gone, new) == ([], []), f"gone or changed: {gone}; new: {new}"


def test_every_page_of_the_desk_stands_behind_the_guard(sqlite_app: Flask) -> None:
    open_pages = {
        rule.endpoint
        for rule in rules(sqlite_app)
        if rule.rule.startswith("/desk") and not is_guarded(sqlite_app, rule)
    }
    assert open_pages <= WAY_IN


def test_the_guard_stands_nowhere_else(sqlite_app: Flask) -> None:
    outside = {rule.rule for rule in rules(sqlite_app) if is_guarded(sqlite_app, rule)}
    assert not {rule for rule in outside if not rule.startswith("/desk")}


def test_a_visitor_at_the_desk_is_led_to_the_login(sqlite_app: Flask) -> None:
    browser = sqlite_app.test_client()
    let_in = []
    for rule in rules(sqlite_app):
        if not is_guarded(sqlite_app, rule):
            continue
        for method in methods(rule):
            answer = browser.open(example(sqlite_app, rule), method=method)
            if answer.status_code != 302 or "/desk/login" not in answer.location:
                let_in.append((method, rule.rule, answer.status_code))
    assert let_in == []


def test_every_act_demands_a_token_but_those_named(sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sqlite_app.config, "WTF_CSRF_ENABLED", True)
    browser = sqlite_app.test_client()
    taken = set()
    for rule in rules(sqlite_app):
        for method in set(methods(rule)) - READING:
            answer = browser.open(example(sqlite_app, rule), method=method, data={})
            if answer.status_code != 400:
                taken.add(rule.endpoint)
    assert taken <= WITHOUT_CSRF_TOKEN


def test_only_the_named_views_are_exempt(sqlite_app: Flask) -> None:
    assert not csrf._exempt_blueprints
    exempt = {
        endpoint: name
        for endpoint, view in sqlite_app.view_functions.items()
        if (name := f"{view.__module__}.{view.__name__}") in csrf._exempt_views
    }
    assert exempt.keys() <= WITHOUT_CSRF_TOKEN
    # Complaints and objections are followed by the same views.
    assert csrf._exempt_views == set(exempt.values())


def test_no_address_both_reads_in_public_and_writes_without_a_session(sqlite_app: Flask) -> None:
    writing = [rule for rule in rules(sqlite_app) if set(methods(rule)) - READING]
    public = {rule.endpoint for rule in writing if not is_private(example(sqlite_app, rule))}
    assert public == ASKING
