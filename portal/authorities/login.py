"""Login for staff by Flask-Security: translated, throttled, with sessions that expire."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Flask, Response, current_app, g, request, session
from flask_babel import lazy_gettext as _l
from flask_limiter.util import get_remote_address
from flask_security import LoginForm, SQLAlchemyUserDatastore, user_authenticated
from flask_security.utils import logout_user

from portal import extensions
from portal.authorities import services
from portal.authorities.models import Person, RoleRecord
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.languages import parse

#: Whoever works longer logs in again, however busy the session was.
LONGEST_SESSION = timedelta(hours=10)
ATTEMPTS_BY_ADDRESS = "30 per 15 minutes"
ATTEMPTS_BY_ACCOUNT = "8 per 15 minutes"

#: The words that Flask-Security shows, so that they stand in the catalogues with all others.
WORDS = {
    "SECURITY_MSG_LOGIN": (_l("Please log in to continue."), "info"),
    "SECURITY_MSG_UNAUTHORIZED": (_l("You do not have permission to view this page."), "error"),
    "SECURITY_MSG_UNAUTHENTICATED": (_l("Please log in to continue."), "info"),
    "SECURITY_MSG_GENERIC_AUTHN_FAILED": (_l("The e-mail address or the password is wrong."), "error"),
    "SECURITY_MSG_PASSWORD_CHANGE": (_l("The password was changed."), "success"),
    "SECURITY_MSG_PASSWORD_INVALID_LENGTH": (_l("The password needs at least 12 characters."), "error"),
    "SECURITY_MSG_PASSWORD_IS_THE_SAME": (_l("The new password must differ from the old one."), "error"),
    "SECURITY_MSG_RETYPE_PASSWORD_MISMATCH": (_l("The two passwords do not match."), "error"),
    "SECURITY_MSG_INVALID_PASSWORD": (_l("The e-mail address or the password is wrong."), "error"),
    "SECURITY_MSG_PASSWORD_NOT_PROVIDED": (_l("Please enter the password."), "error"),
    "SECURITY_MSG_EMAIL_NOT_PROVIDED": (_l("Please enter the e-mail address."), "error"),
}


class SessionLogin(LoginForm):
    """Login into a session that ends. A cookie that remembers would outlast it, so the form does not offer one."""

    remember = None  # type: ignore[assignment] # WTForms takes a field away in this way


def install(app: Flask) -> None:
    """Configure and bind Flask-Security under ``/desk``."""
    app.config.update(
        SECURITY_URL_PREFIX="/desk",
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the name of a method
        SECURITY_PASSWORD_SINGLE_HASH=True,
        SECURITY_PASSWORD_LENGTH_MIN=services.PASSWORD_LENGTH,
        SECURITY_PASSWORD_SALT=None,
        SECURITY_CHANGEABLE=True,
        SECURITY_CHANGE_URL="/password",
        SECURITY_POST_CHANGE_VIEW="/desk/",
        SECURITY_SEND_PASSWORD_CHANGE_EMAIL=False,
        SECURITY_POST_LOGIN_VIEW="/desk/",
        SECURITY_POST_LOGOUT_VIEW="/desk/login",
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_DEFAULT_REMEMBER_ME=False,
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False, "test_environment": True},
        SECURITY_I18N_DIRNAME=app.config["BABEL_TRANSLATION_DIRECTORIES"],
        SECURITY_I18N_DOMAIN="messages",
        SECURITY_UNAUTHORIZED_VIEW=None,
        # No page asks for a token, not even to say that there is none.
        SECURITY_API_ENABLED_METHODS=["session"],
        **WORDS,
    )
    # The salt guards tokens that this portal does not take; it follows from the secret key all the same.
    app.config["SECURITY_PASSWORD_SALT"] = app.config["SECRET_KEY"]
    extensions.security.init_app(app, SQLAlchemyUserDatastore(db, Person, RoleRecord), login_form=SessionLogin)
    # Only a session says who somebody is: a token in a header or an address would neither expire nor stay private.
    app.login_manager.request_loader(None)  # type: ignore[attr-defined]
    user_authenticated.connect(_on_login, app)
    app.before_request(_end_long_sessions)
    app.before_request(_choose_language)
    view: Any = app.view_functions["security.login"]
    view = extensions.limiter.limit(ATTEMPTS_BY_ACCOUNT, key_func=_account, methods=["POST"])(view)
    view = extensions.limiter.limit(ATTEMPTS_BY_ADDRESS, key_func=get_remote_address, methods=["POST"])(view)
    app.view_functions["security.login"] = view


def _account() -> str:
    """The account that is tried. The same address in other letters is the same account, and none at all is one too."""
    sent = request.get_json(silent=True) if request.is_json else request.form
    email = str(sent.get("email") or "") if isinstance(sent, Mapping) else ""
    return unicodedata.normalize("NFKC", email).strip().casefold() or "none"


def _on_login(_app: Flask, user: Person, **_extra: object) -> None:
    session.permanent = True
    session["since"] = int(clock.now().timestamp())
    session["language"] = str(user.language)
    services.note_login(user)


def _end_long_sessions() -> Response | None:
    since = session.get("since")
    if since is not None and clock.now().timestamp() - since > LONGEST_SESSION.total_seconds():
        logout_user()
        session.clear()
    return None


def _choose_language() -> None:
    """A desk page has no language in its address: it follows the person, or the switch on the page."""
    if request.path.startswith(("/desk", "/my")):
        chosen = parse(session.get("language"))
        if chosen is not None:
            g.language = chosen
        elif current_app.testing:
            g.language = parse("zh")
