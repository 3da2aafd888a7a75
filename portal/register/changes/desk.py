"""The desk of removals and changes: what waits for which announcement, and what can be done with it."""

from __future__ import annotations

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from portal.authorities import queries as authority_queries
from portal.authorities.accounts import show_faults
from portal.authorities.desk import Section, add_section, staff
from portal.authorities.models import Person
from portal.authorities.rules import Permission, permissions
from portal.filings import limits, opening
from portal.filings.forms import sent_files
from portal.foundation import clock
from portal.foundation.errors import Invalid, NotFound
from portal.register import queries as register
from portal.register.changes import notices, queries, services
from portal.register.changes.forms import (
    ChangeActForm,
    ChangeForm,
    ReasonForm,
    RemovalForm,
    SeenForm,
    ToldForm,
    entry_mark,
    seen_entries,
)
from portal.register.changes.rules import (
    STATING,
    TIMING_LABELS,
    ChangeAct,
    change_acts,
)
from portal.register.changes.wording import STATEMENT_WORDS
from portal.register.models import Unit
from portal.register.queries import Scope
from portal.register.rules import (
    CATEGORY_LABELS,
    EXCLUSION_LABELS,
    REMOVAL_LABELS,
    STATUS_LABELS,
    EntryStatus,
    level_label,
)
from portal.vault import evidence as evidence_files

blueprint = Blueprint("changes_desk", __name__, url_prefix="/desk/changes")
MOST_FOUND = 40
EVERYONE = (Permission.VERIFY, Permission.KEEP_REGISTER, Permission.DETERMINE)
DEPARTMENT = (Permission.KEEP_REGISTER, Permission.DETERMINE)


def install(app: Flask) -> None:
    """Take the section's place at the desk, and follow publications."""
    app.register_blueprint(blueprint)
    notices.install(app)
    section = Section(45, "changes_desk.index", _l("Removals and changes"), frozenset(EVERYONE), queries.waiting)
    add_section(app, section)


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {
        "category_labels": CATEGORY_LABELS,
        "status_labels": STATUS_LABELS,
        "ground_labels": {str(item): label for item, label in (*REMOVAL_LABELS.items(), *EXCLUSION_LABELS.items())},
        "level_label": level_label,
        "timing_labels": TIMING_LABELS,
        "entry_mark": entry_mark,
        **STATEMENT_WORDS,
        "reads_documents": _reads_documents,
    }


@blueprint.get("/")
@staff(*EVERYONE)
def index(person: Person) -> ResponseReturnValue:
    """What waits, and a way to a unit."""
    return _index(person)


@blueprint.post("/announcements")
@staff(Permission.DETERMINE)
def announce(person: Person) -> ResponseReturnValue:
    """Draft one announcement for what was chosen."""
    acts = [int(text) for text in request.form.getlist("act") if _is_number(text)]
    statements = [int(text) for text in request.form.getlist("statement") if _is_number(text)]
    try:
        document = services.announce(acts, statements, by=person)
    except Invalid as refused:
        return _index(person, error=next(iter(refused.fields.values()))), refused.status
    flash(_("The announcement is drafted. What is in it takes effect with its publication."), "success")
    return redirect(url_for("changes_desk.announcement", document_id=document.id))


@blueprint.route("/announcements/<int:document_id>", methods=["GET", "POST"])
@staff(*DEPARTMENT)
def announcement(person: Person, document_id: int) -> ResponseReturnValue:
    """A drafted announcement with what waits for it, and the way to take it back."""
    form = ReasonForm()
    found = queries.announcement_of(document_id)
    if form.validate_on_submit():
        try:
            services.take_back(found.document, reason=form.reason.data or "", by=person)
        except Invalid as refused:
            show_faults(form, refused)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("changes_desk.index"))
    page = render_template(
        "register/changes/announcement.html", found=found, form=form, may_decide=_may(person, Permission.DETERMINE)
    )
    return page, _code(form)


@blueprint.route("/removal/<ref>", methods=["GET", "POST"])
@staff(Permission.DETERMINE)
def removal(person: Person, ref: str) -> ResponseReturnValue:
    """Decide that entries of a unit end."""
    unit = _unit(ref)
    form = RemovalForm()
    chosen, seen = seen_entries(request.form.getlist("entry"))
    if form.validate_on_submit():
        try:
            decided = services.decide_removal(unit, form.removal(chosen), seen=seen, by=person)
        except Invalid as refused:
            show_faults(form, refused)
        else:
            flash(_("Saved."), "success")
            if decided.document is not None:
                return redirect(url_for("changes_desk.announcement", document_id=decided.document.id))
            return redirect(url_for("changes_desk.index"))
    today = clock.today()
    page = render_template(
        "register/changes/removal.html",
        unit=unit,
        entries=[entry for entry in unit.entries if entry.status is not EntryStatus.REMOVED],
        chosen=set(chosen),
        form=form,
        grounds={timing: queries.grounds_for(timing, today) for timing in TIMING_LABELS},
    )
    return page, _code(form)


@blueprint.route("/decisions/<int:act_id>", methods=["GET", "POST"])
@staff(Permission.DETERMINE)
def decision(person: Person, act_id: int) -> ResponseReturnValue:
    """A decision that awaits its announcement, and the way to withdraw it."""
    found = queries.act(act_id)
    form = ReasonForm(data={"version": str(found.version)})
    if form.validate_on_submit():
        try:
            services.withdraw_decision(act_id, reason=form.reason.data or "", version=form.seen, by=person)
        except Invalid as refused:
            show_faults(form, refused)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("changes_desk.index"))
    return render_template("register/changes/decision.html", act=found, form=form), _code(form)


@blueprint.route("/reports/<int:report_id>", methods=["GET", "POST"])
@staff(*DEPARTMENT)
def report(person: Person, report_id: int) -> ResponseReturnValue:
    """Record that the ministry was told."""
    found = next((item for item in queries.reports_due() if item.id == report_id), None)
    form = ToldForm(data={"version": str(found.version)} if found else None)
    if form.validate_on_submit():
        try:
            services.tell(
                report_id,
                told_on=form.told_on.data,
                reference=form.reference.data or "",
                version=form.seen,
                by=person,
            )
        except Invalid as refused:
            show_faults(form, refused)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("changes_desk.index"))
    if found is None:
        raise NotFound
    return render_template("register/changes/report.html", report=found, form=form), _code(form)


@blueprint.route("/new/<ref>", methods=["GET", "POST"])
@staff(*STATING)
def new(person: Person, ref: str) -> ResponseReturnValue:
    """Take in what a unit states of itself."""
    unit = _unit(ref)
    if not queries.held(person, unit.authority_id) & STATING:
        raise NotFound
    form = ChangeForm(data={"version": str(unit.version)})
    form.offer(authority_queries.verifying_authorities())
    if form.validate_on_submit():
        try:
            made = services.state_change(
                unit, form.change(), sent_files(form.file.data or []), version=form.seen, by=person
            )
        except Invalid as refused:
            show_faults(form, refused)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("changes_desk.statement", statement_id=made.id))
    page = render_template(
        "register/changes/new.html", unit=unit, form=form, limits=limits, accept=evidence_files.accept_attribute()
    )
    return page, _code(form)


@blueprint.get("/<int:statement_id>")
@staff(*EVERYONE)
def statement(person: Person, statement_id: int) -> ResponseReturnValue:
    """A statement with its evidence, what happened and what can be done now."""
    return _statement(person, statement_id, None)


@blueprint.post("/<int:statement_id>/<any(confirm,reject,withdraw):what>")
@staff(*EVERYONE)
def act(person: Person, statement_id: int, what: str) -> ResponseReturnValue:
    """Confirm, reject or withdraw a statement."""
    form = ChangeActForm()
    try:
        if not form.validate():
            raise Invalid
        services.act(
            statement_id,
            ChangeAct(what),
            note=form.note.data or "",
            qualifies=form.finding,
            version=form.seen,
            by=person,
        )
    except Invalid as refused:
        show_faults(form, refused)
        return _statement(person, statement_id, form, ChangeAct(what)), refused.status  # type: ignore[return-value]
    flash(_("Saved."), "success")
    return redirect(url_for("changes_desk.statement", statement_id=statement_id))


@blueprint.get("/<int:statement_id>/evidence/<int:evidence_id>")
@opening.sandbox
@staff(*EVERYONE)
def evidence(person: Person, statement_id: int, evidence_id: int) -> ResponseReturnValue:
    """A file behind a statement, only ever as a download."""
    return opening.attachment(*services.read_evidence(statement_id, evidence_id, by=person))


def _index(person: Person, error: object = None) -> str:
    department = person.authority.is_department
    text = " ".join(request.args.get("q", "").replace("\x00", "").split())[:100]
    own = None if department else person.authority_id
    found = register.units_page(1, MOST_FOUND, scope=Scope.REGION, text=text, authority_id=own).items if text else []
    return render_template(
        "register/changes/index.html",
        q=text,
        units=found,
        error=error,
        department=department,
        may_decide=_may(person, Permission.DETERMINE),
        may_state=bool(STATING & permissions(person.role_set)),
        statements=queries.statements(person, is_open=True),
        done=queries.statements(person, is_open=False),
        removals=queries.waiting_removals() if department else [],
        drafted=queries.drafted() if department else [],
        reports=queries.reports_due() if department else [],
        told=queries.reports_told() if department else [],
        flagged=queries.resting_on_excluded(clock.today()) if department else [],
    )


def _statement(
    person: Person, statement_id: int, form: ChangeActForm | None, failed: ChangeAct | None = None
) -> ResponseReturnValue:
    found = queries.statement_for(statement_id, person)
    return render_template(
        "register/changes/statement.html",
        statement=found,
        acts=change_acts(found.state, queries.held(person, found.authority_id), found.origin),
        failed=failed,
        sent_form=form,
        empty_form=ChangeActForm(formdata=None),
        reports=queries.reports_of(found),
    )


def _unit(ref: str) -> Unit:
    unit = register.unit_by_ref(ref)
    if unit is None or not unit.in_region:
        raise NotFound
    return unit


def _reads_documents() -> bool:
    """Whether the reader works with the department's documents at the desk: determiners see their text here alone."""
    return current_user.authority.is_department and bool(
        {Permission.DRAFT, Permission.PUBLISH} & permissions(current_user.role_set)
    )


def _may(person: Person, permission: Permission) -> bool:
    return permission in permissions(person.role_set)


def _code(form: SeenForm | RemovalForm) -> int:
    return 422 if form.errors else 200


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
