"""An archive that proves itself: a ZIP with the digest of every file and a signed list of them, made and checked in pieces.

It is written as it is sent, so it may be larger than memory or disk. The list comes last, when every digest is known, and
holds digests of what really went into the archive.
"""

from __future__ import annotations

import hashlib
import json
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

from portal.foundation import clock
from portal.vault.signing import NotGenuine, PublicKeys, Reason
from portal.vault.sink import Sink

if TYPE_CHECKING:
    from pathlib import Path

TYP = "portal-archive+jws"
MANIFEST, SIGNED, SUMS = "manifest.json", "manifest.jws.txt", "SHA256SUMS"
#: What stands in no list, for it is one itself. The signed list is checked by its signature.
LISTS = frozenset({MANIFEST, SIGNED, SUMS})
#: A list of more files is signed by its digest: a signed text stays small enough to be read anywhere.
LISTED_IN_FULL = 1000
LIST_DIGEST = "manifest_sha256"
CHUNK = 256 * 1024
_ZIP64_FROM = 2**31


class NotAnArchive(Exception):
    """This is not a ZIP with a signed list in it."""


@dataclass(frozen=True)
class Entry:
    """A file of an archive. ``size`` in bytes, as far as known, tells how the ZIP must be laid out."""

    path: str
    pieces: Iterable[bytes]
    size: int = 0
    #: Photos and films do not become smaller.
    packed: bool = False


@dataclass(frozen=True)
class Checked:
    """What a check of an archive found. ``about`` is what the signed list says beside the files."""

    about: Mapping[str, Any]
    kid: str
    good: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether every file is there and as it was, and none was put in."""
        return not (self.changed or self.missing or self.foreign)


def text(path: str, content: str) -> Entry:
    """A text as an entry."""
    return Entry(path, [content.encode()], packed=True)


def pack(
    entries: Iterable[Entry], about: Mapping[str, Any], sign: Callable[[Mapping[str, Any], str], str]
) -> Iterator[bytes]:
    """The archive in pieces.

    Args:
        about: what the signed list says beside the files.
        sign: signs the list; see :meth:`portal.vault.signing.Signing.sign`.
    """
    sink = Sink()
    listed: list[dict[str, object]] = []
    with zipfile.ZipFile(sink, "w") as archive:
        for entry in entries:
            digest, size = hashlib.sha256(), 0
            with _opened(archive, entry) as target:
                for piece in entry.pieces:
                    digest.update(piece)
                    size += len(piece)
                    target.write(piece)
                    if written := sink.take():
                        yield written
            listed.append({"path": entry.path, "sha256": digest.hexdigest(), "size": size})
        manifest = {**about, "files": listed}
        said = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
        signed = manifest if len(listed) <= LISTED_IN_FULL else {**about, LIST_DIGEST: _sha256(said.encode())}
        for last in (
            text(SUMS, "".join(f"{item['sha256']}  {item['path']}\n" for item in listed)),
            text(MANIFEST, said),
            text(SIGNED, sign(signed, TYP) + "\n"),
        ):
            with _opened(archive, last) as target:
                target.write(b"".join(last.pieces))
    yield sink.take()


def check(file: Path | IO[bytes], keys: PublicKeys) -> Checked:
    """Compare an archive with its signed list.

    Raises:
        NotAnArchive: it is none of ours by its form.
        NotGenuine: the list is not signed by the portal, or was changed.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            statement = keys.open("".join(archive.read(SIGNED).decode("ascii", "replace").split()))
            if statement.typ != TYP:
                raise NotAnArchive
            return _compare(archive, _in_full(archive, statement.payload), statement.kid)
    except (zipfile.BadZipFile, KeyError, OSError) as wrong:
        raise NotAnArchive from wrong


def _in_full(archive: zipfile.ZipFile, signed: dict[str, Any]) -> dict[str, Any]:
    """The list that a signed text is, or stands for.

    Raises:
        NotGenuine: the list is another one.
    """
    digest = signed.get(LIST_DIGEST)
    if digest is None:
        return signed
    said = archive.read(MANIFEST)
    if _sha256(said) != digest:
        raise NotGenuine(Reason.BAD_SIGNATURE)
    manifest: dict[str, Any] = json.loads(said)
    return manifest


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _compare(archive: zipfile.ZipFile, manifest: Mapping[str, Any], kid: str) -> Checked:
    listed = {item["path"]: item["sha256"] for item in manifest["files"]}
    names = Counter(archive.namelist())
    found = Checked({name: value for name, value in manifest.items() if name != "files"}, kid)
    for path, digest in listed.items():
        if path not in names:
            found.missing.append(path)
        else:
            (found.good if _digest(archive, path) == digest else found.changed).append(path)
    # Two entries of one name would show one file here and another there.
    found.foreign.extend(
        name for name, number in names.items() if (name not in listed and name not in LISTS) or number > 1
    )
    if MANIFEST in names and json.loads(archive.read(MANIFEST)) != manifest:
        found.changed.append(MANIFEST)
    return found


def _digest(archive: zipfile.ZipFile, path: str) -> str:
    digest = hashlib.sha256()
    try:
        with archive.open(path) as source:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
    except (zipfile.BadZipFile, zlib.error):
        return ""
    return digest.hexdigest()


def _opened(archive: zipfile.ZipFile, entry: Entry) -> IO[bytes]:
    info = zipfile.ZipInfo(entry.path, clock.local(clock.now()).timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED if entry.packed else zipfile.ZIP_STORED
    info.external_attr = (stat.S_IFREG | 0o600) << 16
    return archive.open(info, "w", force_zip64=entry.size >= _ZIP64_FROM)


__all__ = ["TYP", "Checked", "Entry", "NotAnArchive", "NotGenuine", "check", "pack", "text"]
