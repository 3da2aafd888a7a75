"""What every page shares: language in the address, private and public pages, errors, navigation, template words."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, Request, Response, g, make_response, redirect, render_template, request, url_for
from flask.sessions import NullSession, SecureCookieSessionInterface, SessionMixin
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import BadRequest, Forbidden, HTTPException, NotFound
from werkzeug.routing import IntegerConverter

from portal.foundation import clock, languages, lasting, sanitizing
from portal.foundation.errors import DomainError, Stale
from portal.foundation.languages import LANGUAGES, Language
from portal.foundation.origins import is_from_elsewhere
from portal.foundation.room import NoRoom, is_full

log = logging.getLogger(__name__)

#: Public pages stand under this prefix; views do not see the language, ``g.language`` carries it.
LANGUAGE_PREFIX = "/<any(zh,bo,en):lang>"

ERROR_TITLES: Mapping[int, LazyString] = {
    400: _l("The request could not be understood."),
    403: _l("You do not have permission to view this page."),
    404: _l("The page you asked for does not exist."),
    405: _l("This address cannot be used in this way."),
    413: _l("What you sent is too large."),
    429: _l("Too many attempts. Please wait a little and try again."),
    500: _l("The server made an error. Please try again later."),
}


#: Methods that change nothing.
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
#: An error in a form of its own: from its status, the words for a person, and the exception behind it.
#: What both databases hold in a column of numbers.
LAST_ROW = 2**31 - 1
ErrorForm = Callable[[int, object, Exception | None], ResponseReturnValue]


@dataclass(frozen=True)
class NavigationItem:
    """One way into the portal, shown in the header of every public page."""

    order: int
    endpoint: str
    label: LazyString
    values: Mapping[str, str]


class RowNumber(IntegerConverter):
    """A number of a row in an address. What no database can hold is an address that does not exist."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max": LAST_ROW, **kwargs})


def row_number(text: str) -> int:
    """A number of a row in a field of a form, within the same bounds.

    Raises:
        ValueError: it is none, or more than any database can hold.
    """
    if not (text.isascii() and text.isdecimal()) or len(text) > len(str(LAST_ROW)) or int(text) > LAST_ROW:
        raise ValueError
    return int(text)


class PrivateSession(SecureCookieSessionInterface):
    """Sessions for private pages alone: a public page neither reads nor sets a cookie, so that it can be cached."""

    def open_session(self, app: Flask, request: Request) -> SessionMixin | None:  # type: ignore[override]
        """A real session on a private path, an empty and unwritable one elsewhere."""
        return super().open_session(app, request) if is_private(request.path) else NullSession()


def is_private(path: str) -> bool:
    """Whether a path belongs to the pages that know who is reading."""
    if path.startswith(("/desk", "/my")):
        return True
    head, _, rest = path.lstrip("/").partition("/")
    return languages.parse(head) is not None and rest.startswith(_private_paths())


def add_private_path(app: Flask, path: str) -> None:
    """Declare that ``/{lang}/<path>`` has a session. Called by a feature when it is installed."""
    app.extensions.setdefault("portal.private_paths", []).append(path)


def add_navigation(app: Flask, order: int, endpoint: str, label: LazyString, **values: str) -> None:
    """Add a way in to the header of every public page."""
    items = app.extensions.setdefault("portal.navigation", [])
    items.append(NavigationItem(order, endpoint, label, values))
    items.sort(key=lambda item: item.order)


def add_error_form(app: Flask, prefix: str, form: ErrorForm) -> None:
    """Let errors at addresses under ``prefix`` answer in a form of their own, such as that of an API."""
    app.extensions.setdefault("portal.error_forms", {})[prefix] = form


def install(app: Flask) -> None:
    """Bind languages, sessions, errors, headers and template words to the application."""
    app.session_interface = PrivateSession()
    app.url_map.converters["int"] = RowNumber
    app.url_value_preprocessor(_take_language)
    app.url_defaults(_give_language)
    app.before_request(_refuse_nul)
    app.before_request(_refuse_forged)
    app.after_request(_finish)
    lasting.install(app)
    app.context_processor(_template_words)
    app.jinja_env.filters.update(
        iso=languages.format_iso,
        day=languages.format_day,
        safe_html=sanitizing.safe,
        plain=sanitizing.plain_text,
        written_in=languages.written_in,
    )
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(OSError, _no_room)
    app.register_error_handler(DBAPIError, _no_room)
    app.register_error_handler(HTTPException, _http_error)
    app.add_url_rule("/", "root", lambda: redirect(url_for("site.home", lang=languages.negotiate())))


def error_page(status: int, message: object, error: Exception | None = None) -> ResponseReturnValue:
    """The page that says in words what was refused and what to do."""
    from flask import current_app

    forms: Mapping[str, ErrorForm] = current_app.extensions.get("portal.error_forms", {})
    for prefix, form in forms.items():
        if request.path.startswith(prefix):
            return form(status, message, error)
    return render_template("errors/error.html", status=status, message=message), status


def _private_paths() -> tuple[str, ...]:
    from flask import current_app

    return tuple(current_app.extensions.get("portal.private_paths", ()))


def _refuse_nul() -> None:
    # No address of ours has one, and PostgreSQL takes none in a text.
    if "\0" in request.path:
        raise NotFound
    if b"%00" in request.query_string and request.path.startswith("/desk"):
        raise BadRequest


def _refuse_forged() -> None:
    """What changes a session is asked for by our own pages, also where a form carries no token."""
    if request.method not in SAFE and is_private(request.path) and is_from_elsewhere(request):
        raise Forbidden


def _take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    if values and "lang" in values:
        g.language = Language(values.pop("lang"))
    elif "language" not in g:
        # A page that was not found still answers in the language of its address.
        g.language = languages.parse(request.path.split("/")[1]) or languages.negotiate()


def _give_language(endpoint: str, values: dict[str, Any]) -> None:
    from flask import current_app

    if "lang" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        values["lang"] = str(languages.current_language())


def _finish(response: Response) -> Response:
    if is_private(request.path):
        response.headers["Cache-Control"] = "no-store"
    elif request.method in {"GET", "HEAD"} and response.status_code == 200 and not response.is_streamed:
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "public, max-age=60"
        if not response.direct_passthrough:
            response.add_etag()
            response.make_conditional(request)
    if request.endpoint and request.endpoint != "static":
        response.headers.setdefault("Content-Language", LANGUAGES[languages.current_language()].html)
    return response


def _template_words() -> dict[str, Any]:
    from flask import current_app

    language = languages.current_language()
    settings = current_app.extensions["portal.settings"]
    return {
        "language": language,
        "languages": LANGUAGES,
        "html_lang": LANGUAGES[language].html,
        "alternates": _alternates,
        "settings": settings,
        "site_name": settings.site_names()[language],
        "site_names": settings.site_names(),
        "navigation": current_app.extensions.get("portal.navigation", []),
        "has_vendor": current_app.extensions["portal.vendor"],
        "today": clock.today(),
        "now": clock.now,
    }


def _alternates() -> dict[Language, str]:
    """The address of this same page in each language; the home page where this page has only one."""
    from flask import current_app

    endpoint = request.endpoint
    if endpoint is None or not current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        return {code: url_for("site.home", lang=code) for code in Language}
    values = {**request.args.to_dict(flat=False), **(request.view_args or {})}
    if request.method != "GET":
        values = dict(request.view_args or {})
    return {code: url_for(endpoint, **{**values, "lang": str(code)}) for code in Language}


def _domain_error(error: DomainError) -> ResponseReturnValue:
    return error_page(error.status, error.message, error)


def _stale(_error: StaleDataError) -> ResponseReturnValue:
    return error_page(Stale.status, Stale.message)


def _no_room(error: OSError | DBAPIError) -> ResponseReturnValue:
    """A buffer that found no room while a form was read; what failed otherwise is an error like any other."""
    if not is_full(error):
        raise error
    log.error("there is no room left")
    return error_page(NoRoom.status, NoRoom.message)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400 or error.response is not None:
        return error
    page = error_page(status, ERROR_TITLES.get(status, ERROR_TITLES[500 if status >= 500 else 400]), error)
    response = make_response(page)
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response
