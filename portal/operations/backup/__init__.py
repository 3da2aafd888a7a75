"""The portal in one file: its database, its files and which keys they need; and back again, into an empty place."""

from portal.operations.backup.restoring import Refused, restore
from portal.operations.backup.writing import NotMade, backup

__all__ = ["NotMade", "Refused", "backup", "restore"]
