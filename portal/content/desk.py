"""The documents desk: drafting, review, publication, withdrawal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flask import Blueprint, Flask, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import refresh
from flask_wtf import FlaskForm

from portal.authorities import queries as authority_queries
from portal.authorities.accounts import show_faults
from portal.authorities.desk import Section, add_section, staff
from portal.authorities.models import Authority, Person
from portal.authorities.rules import Permission, permissions
from portal.content import attachments, queries, services
from portal.content.addresses import document_url
from portal.content.forms import ActForm, AttachmentForm, DocumentForm, form_data
from portal.content.models import Attachment, Document
from portal.content.public import FILE_POLICY, download, paper_words
from portal.content.rules import (
    DONE_LABELS,
    STATE_LABELS,
    TYPE_LABELS,
    DocumentState,
    DocumentType,
    missing_languages,
    possible_acts,
    publication_faults,
    second_person,
)
from portal.extensions import talisman
from portal.foundation import clock
from portal.foundation.errors import Invalid, NotFound
from portal.foundation.languages import parse
from portal.security import CONTENT_SECURITY_POLICY

blueprint = Blueprint("content_desk", __name__, url_prefix="/desk/content")
EDITOR, EITHER = (Permission.DRAFT,), (Permission.DRAFT, Permission.PUBLISH)
#: The editor of rich texts puts its own style element into the page.
EDITOR_POLICY = CONTENT_SECURITY_POLICY | {"style-src": ["'self'", "'unsafe-inline'"]}
TONES = {
    DocumentState.DRAFT: "plain",
    DocumentState.SUBMITTED: "saffron",
    DocumentState.PUBLISHED: "pine",
    DocumentState.WITHDRAWN: "madder",
}
ACTS: Mapping[str, Callable[..., Document]] = {
    "submit": services.submit,
    "publish": services.publish,
    "send_back": services.send_back,
    "withdraw": services.withdraw,
    "restore": services.restore,
}


def install(app: Flask) -> None:
    """Take the section's place at the desk."""
    app.register_blueprint(blueprint)
    add_section(app, Section(10, "content_desk.index", _l("Documents"), frozenset(EITHER), queries.waiting))


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {
        "type_labels": TYPE_LABELS,
        "state_labels": STATE_LABELS,
        "done_labels": DONE_LABELS,
        "tones": TONES,
        "document_url": document_url,
    }


@blueprint.get("/")
@staff(*EITHER)
def index(person: Person) -> ResponseReturnValue:
    """What this person works with, by state."""
    state, kind = request.args.get("state", ""), request.args.get("type", "")
    text = request.args.get("q", "").strip()[:100]
    page = queries.desk_list(
        person,
        state=DocumentState(state) if state in set(DocumentState) else None,
        doc_type=DocumentType(kind) if kind in set(DocumentType) else None,
        text=text,
        page=request.args.get("page", 1, type=int),
    )
    return render_template(
        "content/desk_list.html",
        page=page,
        counts=queries.desk_counts(person),
        wanted={"state": state, "type": kind, "q": text},
        may_draft=_may_draft(person),
    )


@talisman(content_security_policy=EDITOR_POLICY)
@blueprint.route("/new", methods=["GET", "POST"])
@staff(*EDITOR)
def new(person: Person) -> ResponseReturnValue:
    """Begin a document."""
    form = DocumentForm(data={"authority": person.authority.code})
    form.offer(_authorities(person))
    if form.validate_on_submit():
        try:
            document = services.draft(form.content(), _chosen(form), by=person)
        except Invalid as refused:
            show_faults(form, refused)
        else:
            return _saved(document)
    return _editor(form, None)


@talisman(content_security_policy=EDITOR_POLICY)
@blueprint.route("/<int:document_id>/edit", methods=["GET", "POST"])
@staff(*EDITOR)
def edit(person: Person, document_id: int) -> ResponseReturnValue:
    """Change a draft."""
    document = queries.for_desk(document_id, person)
    form = DocumentForm(data=form_data(document))
    form.offer(_authorities(person))
    if form.validate_on_submit():
        try:
            services.revise(
                document, form.content(), by=person, version=form.version.data or -1, authority=_chosen(form)
            )
        except Invalid as refused:
            show_faults(form, refused)
        else:
            return _saved(document)
    elif request.method == "GET" and document.state is not DocumentState.DRAFT:
        return redirect(url_for("content_desk.show", document_id=document_id))
    return _editor(form, document)


@blueprint.get("/<int:document_id>")
@staff(*EITHER)
def show(person: Person, document_id: int) -> ResponseReturnValue:
    """A document with what happened and what can be done now."""
    return _show(person, document_id)


@blueprint.get("/<int:document_id>/preview")
@staff(*EITHER)
def preview(person: Person, document_id: int) -> ResponseReturnValue:
    """The document as its readers will see it, in any of the languages."""
    language = parse(request.args.get("language"))
    if language is not None:
        g.language = language
        refresh()
    document = queries.for_desk(document_id, person)
    return render_template("content/desk_preview.html", **paper_words(document, _file_url))


@blueprint.post("/<int:document_id>/<any(submit,publish,send_back,withdraw,restore):act>")
@staff(*EITHER)
def act(person: Person, document_id: int, act: str) -> ResponseReturnValue:
    """Move a document on its way."""
    document = queries.for_desk(document_id, person)
    form = ActForm()
    try:
        ACTS[act](document, by=person, version=form.seen, note=form.note.data or "")
    except Invalid as refused:
        return _refused(refused, person, document_id)
    flash(_("Saved."), "success")
    return redirect(url_for("content_desk.show", document_id=document_id))


@blueprint.post("/<int:document_id>/erratum")
@staff(*EDITOR)
def erratum(person: Person, document_id: int) -> ResponseReturnValue:
    """Begin a document that corrects this one."""
    return _saved(services.draft_erratum(queries.for_desk(document_id, person), by=person))


@blueprint.post("/<int:document_id>/attachments")
@staff(*EDITOR)
def attach(person: Person, document_id: int) -> ResponseReturnValue:
    """Add files to a draft."""
    document = queries.for_desk(document_id, person)
    form = AttachmentForm()
    files = [file for file in form.file.data or [] if file and file.filename]
    seen = form.seen
    try:
        if not files:
            raise Invalid({"file": _("Please choose a file.")})
        for file in files:
            services.attach(document, file.stream, file.filename, by=person, version=seen)
            # The next file follows upon this one: the page that the person saw knows both.
            seen = document.version
    except Invalid as refused:
        return _refused(refused, person, document_id)
    flash(_("Saved."), "success")
    return redirect(url_for("content_desk.show", document_id=document_id))


@blueprint.post("/<int:document_id>/attachments/<int:attachment_id>/remove")
@staff(*EDITOR)
def detach(person: Person, document_id: int, attachment_id: int) -> ResponseReturnValue:
    """Take a file off a draft."""
    document = queries.for_desk(document_id, person)
    services.detach(document, attachment_id, by=person, version=ActForm().seen)
    flash(_("Saved."), "success")
    return redirect(url_for("content_desk.show", document_id=document_id))


@talisman(content_security_policy=FILE_POLICY)
@blueprint.get("/<int:document_id>/attachments/<int:attachment_id>")
@staff(*EITHER)
def attachment(person: Person, document_id: int, attachment_id: int) -> ResponseReturnValue:
    """A file of a document in any state."""
    return download(queries.desk_attachment(document_id, attachment_id, person))


def _show(person: Person, document_id: int, refused: Invalid | None = None) -> ResponseReturnValue:
    document = queries.for_desk(document_id, person)
    acts = possible_acts(document.state, queries.permissions_at(document, person))
    lacking = publication_faults(document.title, document.body, document.published_on, clock.today())
    return render_template(
        "content/desk_show.html",
        document=document,
        form=ActForm(formdata=None, version=document.version),
        acts={str(item) for item in acts},
        may_publish=second_person(person.id, document.writers),
        lacking=list(lacking.values()),
        missing=missing_languages(document.title, document.body),
        may_draft=_may_draft(person),
        faults=refused.fields if refused else {},
        accepted=attachments.accepted(),
    )


def _refused(refused: Invalid, person: Person, document_id: int) -> ResponseReturnValue:
    return _show(person, document_id, refused), refused.status  # type: ignore[return-value]


def _file_url(item: Attachment) -> str:
    return url_for("content_desk.attachment", document_id=item.document_id, attachment_id=item.id)


def _saved(document: Document) -> ResponseReturnValue:
    flash(_("Saved."), "success")
    return redirect(url_for("content_desk.show", document_id=document.id))


def _editor(form: FlaskForm, document: Document | None) -> ResponseReturnValue:
    vendor = current_app.extensions["portal.settings"].assets_dir
    status = 422 if form.errors else 200
    return render_template(
        "content/desk_edit.html",
        form=form,
        document=document,
        has_trix=(vendor / "trix.js").is_file() and (vendor / "trix.css").is_file(),
    ), status


def _authorities(person: Person) -> Sequence[Authority]:
    return authority_queries.authorities() if person.authority.is_department else [person.authority]


def _chosen(form: DocumentForm) -> Authority:
    found = authority_queries.authority_by_code(form.authority.data)
    if found is None:
        raise NotFound
    return found


def _may_draft(person: Person) -> bool:
    return Permission.DRAFT in permissions(person.role_set)
