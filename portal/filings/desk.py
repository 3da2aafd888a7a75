"""What the desks of complaints and objections do alike: the page of one filing in each of its states, and its files."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypedDict, TypeVar

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from werkzeug.exceptions import NotFound as PageNotFound

from portal.authorities.desk import staff
from portal.authorities.models import Person
from portal.authorities.rules import Permission
from portal.filings import looking, opening, sealing
from portal.filings.forms import ID_TYPE_LABELS, IdentityForm
from portal.filings.models import SealedFiling
from portal.filings.sealing import Identity
from portal.filings.trying import Refused
from portal.vault.previews import Size

A = TypeVar("A", bound=StrEnum)


class Shown(TypedDict, total=False):
    """What a page of a filing shows beside the filing: what was refused, with its form, or what was opened this once."""

    form: FlaskForm | None
    #: The act that the form is of.
    failed: StrEnum | None
    identity_form: IdentityForm
    identity: Identity | None
    refused: Refused


def page(
    template: str, filing: SealedFiling, act_form: type[FlaskForm], shown: Shown, **facts: Any
) -> ResponseReturnValue:
    """The page of a filing.

    Args:
        act_form: the form of every act, each act showing what concerns it.
        facts: what of the page is the feature's own.
    """
    refused = shown.get("refused")
    html = render_template(
        template,
        opened=sealing.opened(filing, for_filer=False),
        sent_form=shown.get("form") or act_form(formdata=None),
        empty_form=act_form(formdata=None),
        failed=shown.get("failed"),
        identity_form=shown.get("identity_form") or IdentityForm(formdata=None),
        identity=shown.get("identity"),
        error=refused.said if refused else None,
        id_type_labels=ID_TYPE_LABELS,
        **facts,
    )
    return html, refused.status if refused else 200


def act_named(what: str, offered: Collection[A]) -> A:
    """The act that an address names.

    Raises:
        PageNotFound: no such act is done there.
    """
    found = next((act for act in offered if act == what), None)
    if found is None:
        raise PageNotFound
    return found


@dataclass(frozen=True)
class FilesDesk:
    """The files of a feature's filings, for the staff who handle them."""

    files: opening.Files
    #: What addresses call the number of a filing, and the view of the filing's page.
    number: str
    home: str

    def bind(self, blueprint: Blueprint, *any_of: Permission) -> None:
        """Give a desk the addresses of its files; only staff with one of the permissions come in."""
        guard, address = staff(*any_of), f"/<int:{self.number}>/evidence/<int:evidence_id>"
        blueprint.add_url_rule(address, "evidence", opening.sandbox(guard(self.evidence)))
        blueprint.add_url_rule(f"{address}/look", "look", guard(self.look))
        blueprint.add_url_rule(f"{address}/preview/<int:page>", "preview", opening.sandbox(guard(self.preview)))
        blueprint.add_url_rule(f"{address}/thumbnail", "thumbnail", opening.sandbox(guard(self.thumbnail)))

    def evidence(self, person: Person, evidence_id: int, **of: int) -> ResponseReturnValue:
        """A file, only ever as an attachment."""
        return opening.attachment(*self.files.read(of[self.number], evidence_id, by=person))

    def look(self, person: Person, evidence_id: int, **of: int) -> ResponseReturnValue:
        """A file as the portal draws it, page by page."""
        row: dict[str, Any] = {**of, "evidence_id": evidence_id}
        return looking.page(
            self.files.look_at(of[self.number], evidence_id, by=person),
            back=url_for(f".{self.home}", **of),  # type: ignore[arg-type]
            original=url_for(".evidence", **row),
            drawn=lambda number: url_for(".preview", **row, page=number),
        )

    def preview(self, person: Person, evidence_id: int, page: int, **of: int) -> ResponseReturnValue:
        """One page of a file as a picture."""
        return looking.picture(self.files.look_at(of[self.number], evidence_id, by=person), page, Size.PAGE)

    def thumbnail(self, person: Person, evidence_id: int, **of: int) -> ResponseReturnValue:
        """The first page of a file as a small picture."""
        return looking.picture(self.files.look_at(of[self.number], evidence_id, by=person), 1, Size.THUMBNAIL)
