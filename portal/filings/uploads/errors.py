"""Why a piece of a file is not taken. Each has the status that the protocol gives it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.foundation.errors import DomainError


class UploadGone(DomainError):
    """There is no such upload any more, or it is another draft's."""

    status = 404
    message = _l("This file is no longer waited for. Please choose it again.")


class UploadExpired(UploadGone):
    """Too much time has passed since its last byte, or it was refused as a whole."""

    status = 410


class WrongOffset(DomainError):
    """The piece does not begin where the file ends so far."""

    status = 409


class UploadHeld(DomainError):
    """Another request writes to the same upload at this moment."""

    status = 423


class HoldLost(UploadHeld):
    """This request was silent for so long that another took its place, or the upload was ended meanwhile."""


class TooMuch(DomainError):
    """More bytes than were announced."""

    status = 413


class ChecksumMismatch(DomainError):
    """The bytes are not those that were sent; none of them is kept."""

    status = 460


class NoRoom(DomainError):
    """The disk is full. What was kept before stays, and the rest can be sent later."""

    status = 507
    message = _l("There is no room for more files at the moment. What was sent is kept; please try again later.")


class NoSeat(DomainError):
    """So many files arrive at once that no thread would be left for pages."""

    status = 503
    message = _l("Too many attempts. Please wait a little and try again.")
