"""The views of a queue that a person keeps."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.authorities.models import Person
from portal.complaints.handling.models import SavedView
from portal.complaints.handling.rules import MOST_VIEWS, NAME_LONGEST, QueueView
from portal.filings.forms import REQUIRED
from portal.foundation.database import db, transaction
from portal.foundation.errors import Invalid, NotFound


def save_view(queue: str, name: str, view: QueueView, *, by: Person) -> SavedView:
    """Keep a view under a name; the same name again gives it the new content.

    Raises:
        Invalid: no name, or as many views as one can have.
    """
    name = name.replace("\0", "").strip()[:NAME_LONGEST]
    if not name:
        raise Invalid({"name": REQUIRED})
    with transaction():
        mine = db.session.scalars(select(SavedView).where(SavedView.person_id == by.id, SavedView.queue == queue)).all()
        found = next((item for item in mine if item.name == name), None)
        if found is None:
            if len(mine) >= MOST_VIEWS:
                raise Invalid({"name": _l("At most %(n)s can be saved.", n=MOST_VIEWS)})
            found = SavedView(person_id=by.id, queue=queue, name=name)
            db.session.add(found)
        found.args = view.args
    return found


def delete_view(view_id: int, *, by: Person) -> None:
    """Forget a view of one's own.

    Raises:
        NotFound: it is not there, or another's.
    """
    with transaction():
        found = db.session.get(SavedView, view_id)
        if found is None or found.person_id != by.id:
            raise NotFound
        db.session.delete(found)
