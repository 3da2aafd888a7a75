"""The desk: its frame, its start page, and the guard that every page of staff stands behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Blueprint, Flask, current_app, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_login import current_user
from werkzeug.exceptions import NotFound as PageNotFound

from portal.authorities import services
from portal.authorities.models import Person
from portal.authorities.rules import ROLE_LABELS, Permission, permissions
from portal.foundation.errors import NotPermitted
from portal.foundation.languages import parse

#: Where people of an enterprise land after their login, as far as there is such a place.
ENTERPRISE_SPACE = "my.index"
blueprint = Blueprint("desk", __name__, url_prefix="/desk")


@dataclass(frozen=True)
class Section:
    """A feature's place at the desk: its link, who sees it, and how much waits there."""

    order: int
    endpoint: str
    label: LazyString
    permissions: frozenset[Permission]
    waiting: Callable[[Person], int] | None = None


def add_section(app: Flask, section: Section) -> None:
    """Give a feature its place at the desk. Called by the feature when it is installed."""
    sections = app.extensions.setdefault("portal.desk", [])
    sections.append(section)
    sections.sort(key=lambda item: item.order)


def staff(*any_of: Permission) -> Callable[[Callable[..., ResponseReturnValue]], Callable[..., ResponseReturnValue]]:
    """Let only staff with one of these permissions in, and hand the view the person as its first argument.

    The service asks again, for the very thing that is acted on. Without arguments any member of staff may come in.
    """

    def guard(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            if not current_user.is_authenticated:
                target = request.full_path if request.method == "GET" else None
                return redirect(url_for("security.login", next=target))
            person: Person = current_user._get_current_object()  # noqa: SLF001 - the proxy must not leave the request
            if not person.is_staff:
                return _elsewhere()
            if any_of and not permissions(person.role_set) & set(any_of):
                raise NotPermitted
            return view(person, *args, **kwargs)

        guarded.staff_permissions = frozenset(any_of)  # type: ignore[attr-defined]
        return guarded

    return guard


def _elsewhere() -> ResponseReturnValue:
    """People of an enterprise have a place of their own; at the desk they have none.

    Raises:
        NotPermitted: for every page but the one after the login.
    """
    if request.endpoint == "desk.index" and ENTERPRISE_SPACE in current_app.view_functions:
        return redirect(url_for(ENTERPRISE_SPACE))
    raise NotPermitted


@blueprint.app_context_processor
def _desk_words() -> dict[str, Any]:
    if not request.path.startswith("/desk"):
        return {}
    return {"desk_sections": sections_for_reader, "role_labels": ROLE_LABELS}


def sections_for_reader() -> list[tuple[Section, int | None]]:
    """The sections that the logged-in person may enter, with how much waits in each."""
    if not current_user.is_authenticated:
        return []
    if "desk_sections" not in g:
        person: Person = current_user._get_current_object()  # noqa: SLF001
        mine = permissions(person.role_set)
        g.desk_sections = [
            (section, section.waiting(person) if section.waiting else None)
            for section in current_app.extensions.get("portal.desk", [])
            if section.permissions & mine
        ]
    sections: list[tuple[Section, int | None]] = g.desk_sections
    return sections


@blueprint.get("/")
@staff()
def index(person: Person) -> ResponseReturnValue:
    """The start page: what waits for this person."""
    return render_template("desk/index.html", person=person)


@blueprint.post("/language/<code>")
def change_language(code: str) -> ResponseReturnValue:
    """Switch the desk's language and stay on the page."""
    language = parse(code)
    if language is None:
        raise PageNotFound
    session["language"] = str(language)
    if current_user.is_authenticated:
        services.choose_language(current_user, language)
    target = request.form.get("next", "")
    # Only a path of this desk: anything else would be an open redirect.
    safe = target.startswith(("/desk", "/my")) and "\\" not in target and "\n" not in target
    return redirect(target if safe else url_for("desk.index"))
