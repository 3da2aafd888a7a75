"""Use cases of accounts, and the one question every other service asks: may this person do this here?"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping, Set
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_security.utils import hash_password
from sqlalchemy import select

from portal.authorities import queries
from portal.authorities.data import AUTHORITIES
from portal.authorities.models import Authority, Person, RoleRecord
from portal.authorities.rules import AuthorityKind, Permission, Role, permissions, permits, roles_fit
from portal.foundation import audit
from portal.foundation.database import db, transaction
from portal.foundation.errors import DomainError, Invalid, NotPermitted
from portal.foundation.languages import Language

SYSTEM = "system"
HINDRANCES = "portal.closing_hindrances"
PASSWORD_LENGTH = 12


class LastAdministrator(DomainError):
    """Nobody would be left to manage accounts."""

    message = _l("At least one active administrator must remain.")


@dataclass(frozen=True)
class Hindrance:
    """Why an account cannot be closed yet: the reason in words, and the page that does away with it."""

    message: LazyString
    endpoint: str
    values: Mapping[str, Any]


class AccountInUse(DomainError):
    """Work of this account must go to somebody else before it is closed."""

    status = 409

    def __init__(self, hindrance: Hindrance) -> None:
        self.hindrance, self.message = hindrance, hindrance.message
        super().__init__("account in use")


def add_closing_hindrance(app: Flask, find: Callable[[Person], Hindrance | None]) -> None:
    """Let a feature object to the closing of an account, or to its losing what it needs for its work."""
    app.extensions.setdefault(HINDRANCES, []).append(find)


def require(person: Person, permission: Permission, authority_id: int | None = None) -> None:
    """Let a person pass who may do this at that authority (None: at no one's in particular).

    Raises:
        NotPermitted: for everyone else.
    """
    allowed = person.active and permits(
        person.role_set,
        permission,
        at=authority_id,
        own=person.authority_id,
        own_kind=person.authority.kind,
    )
    if not allowed:
        raise NotPermitted


def seed_authorities() -> None:
    """Bring the nine authorities and the roles into the database; a second run changes nothing."""
    with transaction():
        known = {authority.code: authority for authority in queries.authorities()}
        for position, facts in enumerate(AUTHORITIES):
            if facts.code not in known:
                db.session.add(
                    Authority(
                        code=facts.code,
                        kind=facts.kind,
                        position=position,
                        division=facts.division,
                        place=facts.place,
                        name=facts.name,
                    )
                )
                audit.record("authorities.authority.added", f"authority:{facts.code}", SYSTEM)
        roles = set(db.session.scalars(select(RoleRecord.name)))
        db.session.add_all(RoleRecord(name=role) for role in Role if role not in roles)


def create_account(
    email: str,
    name: str,
    authority: Authority,
    roles: Set[Role],
    password: str,
    *,
    language: Language = Language.ZH,
    by: Person | None = None,
    is_demo: bool = False,
) -> Person:
    """Open an account.

    Args:
        by: the administrator; None for the command line and the demo.

    Raises:
        Invalid: an address that is taken, roles that the authority cannot have, a short password.
        NotPermitted: where ``by`` is no administrator.
    """
    with transaction():
        _require_administrator(by)
        faults: dict[str, object] = {}
        if queries.person_by_email(email):
            faults["email"] = _l("There is already an account with this e-mail address.")
        if not roles_fit(roles, authority.kind):
            faults["roles"] = _l("These roles do not fit this authority.")
        if len(password) < PASSWORD_LENGTH:
            faults["password"] = _l("The password needs at least 12 characters.")
        if faults:
            raise Invalid(faults)
        person = Person(
            email=email.strip().lower(),
            name=name.strip(),
            password=hash_password(password),
            authority=authority,
            authority_id=authority.id,
            language=language,
            roles=_records(roles),
            is_demo=is_demo,
        )
        db.session.add(person)
        db.session.flush()
        audit.record(
            "authorities.account.created",
            f"person:{person.id}",
            by.actor if by else SYSTEM,
            {"authority": authority.code, "roles": sorted(roles)},
        )
    return person


def change_account(person: Person, *, name: str, roles: Set[Role], active: bool, by: Person) -> Person:
    """Change an account's name, roles, or whether it may log in at all.

    Raises:
        Invalid: roles that the authority cannot have.
        AccountInUse: where work of the account would be left behind.
        LastAdministrator: where nobody would be left to manage accounts.
        NotPermitted: where ``by`` is no administrator.
    """
    with transaction():
        _require_administrator(by)
        if not roles_fit(roles, person.authority.kind):
            raise Invalid({"roles": _l("These roles do not fit this authority.")})
        if permissions(person.role_set) - (permissions(roles) if active else frozenset()):
            _require_nothing_left(person)
        if not (active and Role.ADMINISTRATOR in roles) and not _other_administrators(person):
            raise LastAdministrator
        if person.active and not active:
            # A new mark ends every session of the account at once.
            person.fs_uniquifier = secrets.token_hex(32)
        person.name, person.active, person.roles = name.strip(), active, _records(roles)
        audit.record(
            "authorities.account.changed", f"person:{person.id}", by.actor, {"roles": sorted(roles), "active": active}
        )
    return person


def set_password(person: Person, password: str, by: Person | None = None) -> None:
    """Give an account a new password and end its sessions.

    Raises:
        Invalid: a password that is too short.
        NotPermitted: where ``by`` is neither the person nor an administrator.
    """
    with transaction():
        if by is not person:
            _require_administrator(by)
        if len(password) < PASSWORD_LENGTH:
            raise Invalid({"password": _l("The password needs at least 12 characters.")})
        person.password = hash_password(password)
        person.fs_uniquifier = secrets.token_hex(32)
        audit.record("authorities.account.password_set", f"person:{person.id}", by.actor if by else SYSTEM)


def choose_language(person: Person, language: Language) -> None:
    """Remember the language in which a person works."""
    with transaction():
        person.language = language


def note_login(person: Person) -> None:
    """Write a login into the audit log."""
    with transaction():
        audit.record("authorities.account.logged_in", f"person:{person.id}", person.actor)


def _require_administrator(by: Person | None) -> None:
    if by is not None:
        require(by, Permission.MANAGE_ACCOUNTS)


def _require_nothing_left(person: Person) -> None:
    for find in current_app.extensions.get(HINDRANCES, ()):
        hindrance = find(person)
        if hindrance is not None:
            raise AccountInUse(hindrance)


def _records(roles: Collection[Role]) -> list[RoleRecord]:
    return list(db.session.scalars(select(RoleRecord).where(RoleRecord.name.in_([str(role) for role in roles]))))


def _other_administrators(person: Person) -> bool:
    return any(
        other.active and other.id != person.id and Role.ADMINISTRATOR in other.role_set
        for other in queries.staff()
        if other.authority.kind is AuthorityKind.DEPARTMENT
    )
