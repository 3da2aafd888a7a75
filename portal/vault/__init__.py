"""The vault: keys, sealing, files. Functions for the features above it; it has no pages and no tables.

A feature asks :func:`current_vault` for a :class:`Vault`, makes a box per case, seals into it, and keeps the box's
wrapped key beside the case.
"""

from __future__ import annotations

import contextlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

from flask import current_app

from portal.vault import boxes, evidence, keys, previews, signing, signing_keys
from portal.vault.scanning import Scanner
from portal.vault.spool import SealingRequest
from portal.vault.store import FileStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from flask import Flask
    from pydantic import SecretStr

    from portal.vault.boxes import Box

_EXTENSION = "portal.vault"
_MEBIBYTE = 1024 * 1024


class VaultSettings(Protocol):
    """What the vault wants to know of the portal's settings."""

    @property
    def keyset(self) -> Path | None:
        """The keyset file, if one is named."""
        ...

    @property
    def signing_keys(self) -> Path | None:
        """The file of signing keys, if one is named."""
        ...

    @property
    def data_dir(self) -> Path:
        """The folder of everything that is kept here."""
        ...

    @property
    def store_url(self) -> str:
        """The address of the file store; empty for a folder."""
        ...

    @property
    def max_evidence_mb(self) -> int:
        """The most one piece of evidence may have, in MiB."""
        ...

    @property
    def clamd(self) -> str:
        """The address of a scanner for harmful software; empty for none."""
        ...

    @property
    def secret_key(self) -> SecretStr:
        """The portal's secret."""
        ...

    @property
    def is_production(self) -> bool:
        """Whether citizens' real data may be here."""
        ...


@dataclass(frozen=True, repr=False)
class Vault:
    """The master key, the portal's signature, the file store and what is derived from its secret, together."""

    master: keys.MasterKey
    signing: signing.Signing
    store: FileStore
    max_evidence_bytes: int
    _secret: bytes
    scanner: Scanner | None = None

    def new_box(self, context: str) -> Box:
        """A box for a new case; ``context`` names the case for ever. See :func:`portal.vault.boxes.new_box`."""
        return boxes.new_box(self.master, context.encode())

    def open_box(self, wrapped: bytes, context: str) -> Box:
        """The box of a case from its wrapped key.

        Raises:
            portal.vault.boxes.Unsealable: it does not belong to this case or this portal, or it is changed.
        """
        return boxes.open_box(self.master, wrapped, context.encode())

    def derive(self, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose; it says nothing about the secret or about the keys of other purposes."""
        return hmac.digest(self._secret, b"portal key\0" + purpose.encode(), "sha256")

    def take_in(self, stream: BinaryIO, declared_name: str, box: Box, key: str) -> evidence.TakenIn:
        """Take in a piece of evidence within the portal's limit. See :func:`portal.vault.evidence.take_in`.

        Raises:
            portal.vault.evidence.EvidenceRefused: empty, too large, of a wrong type, or harmful.
        """
        return evidence.take_in(stream, declared_name, box, self.store, key, self.max_evidence_bytes, self.scanner)

    def read_back(self, box: Box, key: str) -> Iterator[bytes]:
        """The clear content of a piece of evidence, in pieces. See :func:`portal.vault.evidence.read_back`.

        Raises:
            portal.vault.store.FileMissing, portal.vault.boxes.Unsealable: it is gone, or it does not open.
        """
        return evidence.read_back(box, self.store, key)


def install(app: Flask) -> None:
    """Give the application its vault, and its requests sealed upload buffers.

    Raises:
        portal.vault.keys.KeysetMissing: in production, or where a keyset is named that is not there.
        portal.vault.keys.KeysetDamaged: it cannot be read.
        portal.vault.signing_keys.SigningKeysMissing, portal.vault.signing_keys.SigningKeysDamaged: likewise.
    """
    settings = cast("VaultSettings", app.extensions["portal.settings"])
    keyset = _keyset_path(settings)
    master = keys.load_keyset(keyset)
    store = FileStore.at(settings.store_url) if settings.store_url else FileStore.local(settings.data_dir / "files")
    app.extensions[_EXTENSION] = Vault(
        master=master,
        signing=signing.Signing(_signing_path(settings, keyset)),
        store=store,
        # What a database's number holds: 2 GiB but one byte.
        max_evidence_bytes=min(settings.max_evidence_mb * _MEBIBYTE, 2**31 - 1),
        _secret=settings.secret_key.get_secret_value().encode(),
        scanner=Scanner(settings.clamd) if settings.clamd else None,
    )
    app.request_class = SealingRequest
    # What of a file staff can look at without opening it.
    app.jinja_env.tests.update(drawable=previews.can_preview, lookable=previews.can_show)


def current_vault() -> Vault:
    """The vault of the application at work."""
    return cast("Vault", current_app.extensions[_EXTENSION])


def _keyset_path(settings: VaultSettings) -> Path:
    """The keyset to use. Only where no citizen's data can be, and none is named, one is made."""
    if settings.keyset is not None:
        return settings.keyset
    if settings.is_production:
        raise keys.KeysetMissing("PORTAL_KEYSET is not set; 'portal keys init' makes a keyset")
    path = settings.data_dir / "keys" / "keyset.json"
    if not path.is_file():
        with contextlib.suppress(keys.KeysetExists):
            keys.init_keyset(path)
    return path


def _signing_path(settings: VaultSettings, keyset: Path) -> Path:
    """The signing keys to use: those that are named, or those beside the keyset. Production never makes any."""
    path = settings.signing_keys or signing_keys.beside(keyset)
    if not path.is_file() and settings.signing_keys is None and not settings.is_production:
        with contextlib.suppress(signing_keys.SigningKeysExist):
            signing_keys.init_keys(path)
    return path
