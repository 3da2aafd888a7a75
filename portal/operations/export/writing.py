"""The folder of an export: written beside its place, and put there whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask

from portal.foundation import clock
from portal.foundation.database import db
from portal.operations.export import contents

MANIFEST = "manifest.json"


class NotEmpty(ValueError):
    """The folder holds something already; an export never mixes with what was there."""


@dataclass
class Exported:
    """What was written: paths below the folder with size in bytes and SHA-256 in hexadecimal, numbers by kind."""

    files: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)


class Folder:
    """A folder that is being filled; every file is measured as it is written."""

    def __init__(self, place: Path) -> None:
        """Begin with an existing empty folder."""
        self.place = place
        self.done = Exported()

    def write(self, name: str, pieces: Iterable[str] | Iterable[bytes]) -> str:
        """Write one file from its pieces; the digest of its content."""
        path = self.place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        with path.open("xb") as file:
            for piece in pieces:
                data = piece.encode() if isinstance(piece, str) else piece
                digest.update(data)
                size += file.write(data)
        self.done.files.append({"path": name, "size": size, "sha256": digest.hexdigest()})
        return digest.hexdigest()


def export(app: Flask, target: Path) -> Exported:
    """Write everything public into ``target``, a folder that is empty or does not exist yet.

    Addresses in it are those of ``PORTAL_SITE_DOMAIN``. Words of tables are Chinese, as in the published lists.

    Raises:
        NotEmpty: the folder holds something.
        portal.vault.store.FileMissing: an attachment of a published document is not in the store.
    """
    target = target.expanduser().resolve()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise NotEmpty(str(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    # Beside its place, so that moving it there is one step on one file system.
    work = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        with app.test_request_context("/zh/", base_url=_base(app)):
            _hold_still()
            folder = Folder(work)
            for part in PARTS:
                folder.done.counts.update(part(folder.write))
            folder.write(MANIFEST, [_manifest(app, folder.done)])
            db.session.rollback()
        work.chmod(0o755)
        if target.exists():
            target.rmdir()
        os.replace(work, target)  # noqa: PTH105 - a folder is moved as a whole
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    return folder.done


Part = Callable[[contents.Write], dict[str, int]]
PARTS: tuple[Part, ...] = (
    contents.entries,
    contents.units,
    contents.events,
    contents.agencies,
    contents.documents,
)


def _hold_still() -> None:
    """Read one state of the database, whatever happens meanwhile; on SQLite a transaction does so by itself."""
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _manifest(app: Flask, done: Exported) -> str:
    settings = app.extensions["portal.settings"]
    told = {
        "title": settings.site_names(),
        "generated_at": clock.local(clock.now()).isoformat(timespec="seconds"),
        "counts": done.counts,
        "files": done.files,
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def _base(app: Flask) -> str:
    settings = app.extensions["portal.settings"]
    return f"https://{settings.site_domain}" if settings.site_domain else f"http://localhost:{settings.port}"
