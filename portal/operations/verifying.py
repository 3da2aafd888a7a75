"""``portal verify``: check off line what the portal signed. It needs public keys, no database."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import click

from portal.credentials import checking, credential
from portal.foundation import clock
from portal.settings import Settings
from portal.vault import packing, signing_keys
from portal.vault.signing import LONGEST, NotGenuine, PublicKeys, Reason

CHUNK = 1024 * 1024
WHY = {
    Reason.MALFORMED: "it is no whole signed text",
    Reason.WRONG_ALGORITHM: "it is not signed in the portal's way",
    Reason.UNKNOWN_KEY: "these keys did not sign it",
    Reason.BAD_SIGNATURE: "it was changed after it was signed",
    Reason.WRONG_TYPE: "it is a document of another kind",
}
STATES = {
    checking.State.GENUINE: "in force",
    checking.State.REVOKED: "not in force: it was revoked",
    checking.State.EXPIRED: "not in force: it is out of date; a new one can be fetched from the portal",
    checking.State.UNKNOWN: "nobody can say whether it is in force: give a fresh list of revocations with --status",
    checking.State.NOT_OURS: "it is no credential of a list",
}


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("evidence", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--keys", "jwks", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A downloaded jwks.json."
)
@click.option(
    "--status",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A downloaded list of revocations, for credentials.",
)
def verify(file: Path, evidence: tuple[Path, ...], jwks: Path | None, status: Path | None) -> None:
    """Check FILE, a signed receipt, answer, credential or archive, and whether it names each EVIDENCE file."""
    keys = _keys(jwks)
    try:
        genuine = _archive(file, keys) if zipfile.is_zipfile(file) else _document(file, evidence, keys, status)
    except NotGenuine as not_ours:
        raise click.ClickException(f"not genuine: {WHY[not_ours.reason]}") from None
    except packing.NotAnArchive:
        raise click.ClickException("not genuine: it is not an archive of the portal") from None
    if not genuine:
        raise click.exceptions.Exit(1)


def _keys(jwks: Path | None) -> PublicKeys:
    """The keys of a downloaded file, or this portal's own."""
    if jwks is None:
        settings = Settings()
        keyset = settings.keyset or settings.data_dir / "keys" / "keyset.json"
        listed, _primary = signing_keys.load(settings.signing_keys or signing_keys.beside(keyset))
        return PublicKeys(listed)
    try:
        return PublicKeys.from_jwks(json.loads(jwks.read_text(encoding="utf-8")))
    except (ValueError, OSError):
        raise click.ClickException(f"{jwks} is not a file of public keys (JSON Web Key Set)") from None


def _document(file: Path, evidence: tuple[Path, ...], keys: PublicKeys, status: Path | None) -> bool:
    token = _text(file)
    statement = keys.open(token)
    click.echo(f"genuine: {statement.typ}, signed with {statement.kid}")
    click.echo(json.dumps(statement.payload, ensure_ascii=False, indent=1))
    named = {item.get("sha256") for item in statement.payload.get("files", []) if isinstance(item, dict)}
    foreign = [path for path in evidence if _digest(path) not in named]
    for path in evidence:
        click.echo(f"{'not named' if path in foreign else 'named'}: {path}")
    if statement.typ == credential.TYP:
        return _credential(token, keys, status) and not foreign
    return not foreign


def _credential(token: str, keys: PublicKeys, status: Path | None) -> bool:
    """Say whether a genuine credential is in force, as far as the list of revocations at hand tells."""
    found = checking.check(token, keys, lambda _address: _text(status) if status else None, now=clock.now())
    told = STATES[found.state]
    click.echo(f"{told}, as of {found.as_of}" if found.as_of else told)
    return found.state is checking.State.GENUINE


def _text(file: Path) -> str:
    """A signed text without the line breaks that it came with."""
    with file.open("rb") as source:
        return "".join(source.read(LONGEST).decode("ascii", "replace").split())


def _archive(file: Path, keys: PublicKeys) -> bool:
    checked = packing.check(file, keys)
    click.echo(f"genuine list: {packing.TYP}, signed with {checked.kid}")
    click.echo(json.dumps(checked.about, ensure_ascii=False, indent=1))
    click.echo(f"{len(checked.good)} files as they were")
    for what, paths in (("changed", checked.changed), ("missing", checked.missing), ("put in", checked.foreign)):
        for path in paths:
            click.echo(f"{what}: {path}", err=True)
    return checked.is_whole


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
