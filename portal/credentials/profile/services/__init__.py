"""What a unit shows: written by the unit, decided by its authority. Each function is one transaction with its audit record."""

from portal.credentials.profile.services.deciding import DECIDED, OwnProfile, publish, send_back, withdraw
from portal.credentials.profile.services.versions import NotNow
from portal.credentials.profile.services.writing import (
    add_figure,
    add_file,
    drop_figure,
    drop_file,
    start,
    submit,
    take_back,
    write,
)

__all__ = [
    "DECIDED",
    "NotNow",
    "OwnProfile",
    "add_figure",
    "add_file",
    "drop_figure",
    "drop_file",
    "publish",
    "send_back",
    "start",
    "submit",
    "take_back",
    "withdraw",
    "write",
]
