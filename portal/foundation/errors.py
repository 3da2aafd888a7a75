"""The errors of the domain. Each is raised by a service and becomes a page in one place."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l


class DomainError(Exception):
    """A use case was refused. ``status`` is the HTTP status of the page that says so."""

    status = 422
    #: What the person reads. A subclass says it in the words of its case.
    message = _l(
        "This action is not possible now. The page may be out of date: reload it and look at the current state."
    )


class NotPermitted(DomainError):
    """The acting person may not do this, or not here."""

    status = 403
    message = _l("You do not have permission to do this.")


class NotFound(DomainError):
    """There is no such thing, or it is not for this reader."""

    status = 404
    message = _l("The page you asked for does not exist.")


class Stale(DomainError):
    """Somebody else changed the thing after the page was opened."""

    status = 409
    message = _l(
        "Someone else changed this record after you opened it. Nothing you entered was saved; check the current state and try again."
    )


class Invalid(DomainError):
    """What was entered cannot be taken. ``fields`` maps a field's name to what is wrong with it."""

    status = 422
    message = _l("Some entries are not valid.")

    def __init__(self, fields: dict[str, object] | None = None) -> None:
        self.fields = fields or {}
        super().__init__(", ".join(self.fields))
