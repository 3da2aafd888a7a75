"""Who may do what, and where (Art. 5, 13, 24)."""

from __future__ import annotations

from collections.abc import Mapping, Set
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


class AuthorityKind(StrEnum):
    """Art. 5: the department; Art. 24: those who verify."""

    DEPARTMENT = "department"
    BUREAU = "bureau"
    PARK_COMMITTEE = "park_committee"


class Role(StrEnum):
    """The roles of staff, and that of people of an enterprise, who are none."""

    PREFECTURE_EDITOR = "prefecture_editor"
    PREFECTURE_OFFICER = "prefecture_officer"
    DEPARTMENT_EDITOR = "department_editor"
    DEPARTMENT_REVIEWER = "department_reviewer"
    DEPARTMENT_DETERMINER = "department_determiner"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    ENTERPRISE = "enterprise"


class Permission(StrEnum):
    """What a role may do."""

    DRAFT = "draft"
    PUBLISH = "publish"
    KEEP_REGISTER = "keep_register"
    VERIFY = "verify"
    DETERMINE = "determine"
    CONFIRM_UNITS = "confirm_units"
    READ_AUDIT = "read_audit"
    MANAGE_ACCOUNTS = "manage_accounts"


ROLE_LABELS: Mapping[Role, LazyString] = {
    Role.PREFECTURE_EDITOR: _l("Prefecture editor"),
    Role.PREFECTURE_OFFICER: _l("Prefecture officer"),
    Role.DEPARTMENT_EDITOR: _l("Department editor"),
    Role.DEPARTMENT_REVIEWER: _l("Department reviewer"),
    Role.DEPARTMENT_DETERMINER: _l("Department determiner"),
    Role.ADMINISTRATOR: _l("System administrator"),
    Role.AUDITOR: _l("Auditor"),
}
#: For people of an enterprise: what they may do follows from the unit that they belong to, never from a permission.
ENTERPRISE_LABEL = _l("Enterprise")

#: The administrator sees no case content; the auditor changes nothing.
PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.PREFECTURE_EDITOR: frozenset({Permission.DRAFT}),
    Role.PREFECTURE_OFFICER: frozenset({Permission.DRAFT, Permission.VERIFY, Permission.CONFIRM_UNITS}),
    Role.DEPARTMENT_EDITOR: frozenset({Permission.DRAFT, Permission.KEEP_REGISTER, Permission.CONFIRM_UNITS}),
    Role.DEPARTMENT_REVIEWER: frozenset({Permission.PUBLISH}),
    Role.DEPARTMENT_DETERMINER: frozenset({Permission.DETERMINE}),
    Role.ADMINISTRATOR: frozenset({Permission.MANAGE_ACCOUNTS}),
    Role.AUDITOR: frozenset({Permission.READ_AUDIT}),
    Role.ENTERPRISE: frozenset(),
}

PREFECTURE_ROLES = frozenset({Role.PREFECTURE_EDITOR, Role.PREFECTURE_OFFICER})
ENTERPRISE_ROLES = frozenset({Role.ENTERPRISE})
DEPARTMENT_ROLES = frozenset(Role) - PREFECTURE_ROLES - ENTERPRISE_ROLES


def permissions(roles: Set[Role]) -> frozenset[Permission]:
    """All that a set of roles may do."""
    return frozenset().union(*(PERMISSIONS[role] for role in roles))


def permits(
    roles: Set[Role],
    permission: Permission,
    *,
    at: int | None,
    own: int,
    own_kind: AuthorityKind,
) -> bool:
    """Whether a person with ``roles`` at authority ``own`` may act at authority ``at`` (None: at no one's in particular).

    The department acts everywhere with what its roles allow; the others only within their own (Art. 5).
    """
    if permission not in permissions(roles):
        return False
    return at is None or at == own or own_kind is AuthorityKind.DEPARTMENT


def roles_fit(roles: Set[Role], kind: AuthorityKind) -> bool:
    """Whether an account of an authority of this kind may have these roles (Art. 5); an enterprise's has its one alone."""
    if roles & ENTERPRISE_ROLES:
        return roles == ENTERPRISE_ROLES
    allowed = DEPARTMENT_ROLES if kind is AuthorityKind.DEPARTMENT else PREFECTURE_ROLES
    return bool(roles) and roles <= allowed
