"""Texts that an authority writes often: kept in both languages, put into a form by choosing."""

from __future__ import annotations

from portal.authorities import services as authorities
from portal.authorities.models import Person
from portal.authorities.rules import Permission, permissions
from portal.complaints.handling.models import ReplyTemplate
from portal.complaints.handling.rules import NAME_LONGEST
from portal.filings.forms import REQUIRED
from portal.foundation import audit
from portal.foundation.database import db, transaction
from portal.foundation.errors import Invalid, NotFound
from portal.foundation.languages import Localized


def save_template(template_id: int | None, name: str, text: Localized, *, by: Person) -> ReplyTemplate:
    """Keep a text of one's authority, new or changed.

    Raises:
        NotFound: there is none of this number at the person's authority.
        Invalid: the name or the Chinese text is missing.
    """
    missing = {field: REQUIRED for field, value in (("name", name), ("zh", text.zh)) if not value.strip()}
    if missing:
        raise Invalid(dict(missing))
    with transaction():
        _require(by)
        found = _own(template_id, by) if template_id is not None else ReplyTemplate(authority_id=by.authority_id)
        found.name, found.text = name.strip()[:NAME_LONGEST], text
        db.session.add(found)
        db.session.flush()
        audit.record("complaints.template.saved", f"template:{found.id}", by.actor)
    return found


def delete_template(template_id: int, *, by: Person) -> None:
    """Give a text up.

    Raises:
        NotFound: there is none of this number at the person's authority.
    """
    with transaction():
        _require(by)
        db.session.delete(_own(template_id, by))
        audit.record("complaints.template.deleted", f"template:{template_id}", by.actor)


def _require(by: Person) -> None:
    needed = Permission.DETERMINE if Permission.DETERMINE in permissions(by.role_set) else Permission.VERIFY
    authorities.require(by, needed, by.authority_id)


def _own(template_id: int, by: Person) -> ReplyTemplate:
    found = db.session.get(ReplyTemplate, template_id)
    if found is None or found.authority_id != by.authority_id:
        raise NotFound
    return found
