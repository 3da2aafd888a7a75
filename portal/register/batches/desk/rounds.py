"""Rounds at the desk: opened, moved on their way, and the opinions of the three departments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.authorities.accounts import show_faults
from portal.authorities.desk import staff
from portal.authorities.models import Person
from portal.authorities.rules import permissions
from portal.foundation import clock
from portal.foundation.choices import choice
from portal.foundation.errors import DomainError, Invalid, NotFound
from portal.register.batches import queries, services
from portal.register.batches.desk.frame import KEEP, TAKE_PART, blueprint, faults, keeps, lacks, saved
from portal.register.batches.forms import (
    BatchActForm,
    BatchForm,
    FindingForm,
    OpinionForm,
)
from portal.register.batches.models import AgencyFinding, Batch
from portal.register.batches.rules import (
    BEFORE_PUBLICITY,
    EXPLAINED,
    BatchAct,
    BatchState,
    Organ,
    possible_acts,
)
from portal.register.batches.statutory import statutory_dates
from portal.register.rules import Level

#: Acts on a round that are one click with a note.
ACTS: Mapping[BatchAct, Callable[..., object]] = {
    BatchAct.CLOSE_RECOMMENDATION: services.close_recommendation,
    BatchAct.REOPEN_RECOMMENDATION: services.reopen_recommendation,
    BatchAct.OPEN_PUBLICITY: services.open_publicity,
    BatchAct.TAKE_BACK_NOTICE: services.take_back_notice,
    BatchAct.DRAFT_ANNOUNCEMENT: services.draft_announcement,
    BatchAct.TAKE_BACK_ANNOUNCEMENT: services.take_back_announcement,
    BatchAct.REPORT_UP: services.report_up,
}
#: Acts that take a note at all; the others only move.
NOTED = EXPLAINED | {BatchAct.CLOSE_RECOMMENDATION, BatchAct.REPORT_UP}


@blueprint.route("/", methods=["GET", "POST"])
@staff(*TAKE_PART)
def index(person: Person) -> ResponseReturnValue:
    """The rounds, the statutory dates, and for the department a round to open."""
    form = BatchForm(data={"year": clock.today().year})
    if form.validate_on_submit():
        try:
            opened = services.open_batch(
                Level(form.level.data), form.year.data or 0, name=form.name.data or "", by=person
            )
        except Invalid as refused:
            show_faults(form, refused)
        else:
            return saved(opened)
    today = clock.today()
    return render_template(
        "register/batches/desk_index.html",
        batches=queries.batches(),
        form=form,
        dates=statutory_dates(today.year, today),
        keeps=keeps(person),
    ), 422 if form.errors else 200


@blueprint.get("/<int:batch_id>")
@staff(*TAKE_PART)
def show(person: Person, batch_id: int) -> ResponseReturnValue:
    """A round: its candidates, its opinions, what is missing, what happened and what can be done now."""
    return _batch_page(person, queries.batch(batch_id))


@blueprint.post("/<int:batch_id>/<any({}):act>".format(",".join(sorted(ACTS))))
@staff(*KEEP)
def act(person: Person, batch_id: int, act: str) -> ResponseReturnValue:
    """Move a round on its way."""
    found, doing, form = queries.batch(batch_id), BatchAct(act), BatchActForm()
    more: dict[str, object] = {"note": form.note.data or ""} if doing in NOTED else {}
    if doing is BatchAct.REPORT_UP:
        more["on"] = form.on.data
    try:
        if not form.validate():
            raise Invalid(dict(form.errors))
        ACTS[doing](found, by=person, version=form.seen, **more)
    except DomainError as refused:
        return _batch_page(person, queries.batch(batch_id), refused)
    return saved(found)


@blueprint.post("/<int:batch_id>/opinions")
@staff(*KEEP)
def consult(person: Person, batch_id: int) -> ResponseReturnValue:
    """Record the answer of one of the three departments."""
    found, form = queries.batch(batch_id), OpinionForm()
    form.against.choices = _boxes(found)
    try:
        if not form.validate():
            raise Invalid(dict(form.errors))
        services.consult(
            found,
            Organ(form.organ.data),
            given_on=form.given_on.data,
            source=form.source.data or "",
            note=form.note.data or "",
            against=form.against.data or (),
            by=person,
        )
    except DomainError as refused:
        return _batch_page(person, queries.batch(batch_id), refused, form)
    return saved(found)


@blueprint.route("/agencies", methods=["GET", "POST"])
@staff(*KEEP)
def agencies(person: Person) -> ResponseReturnValue:
    """The agencies that lack the basic conditions, whose reports are not accepted."""
    form = FindingForm()
    if form.validate_on_submit():
        try:
            services.find_lacking(
                form.agency.data or "", found_on=form.found_on.data, source=form.source.data or "", by=person
            )
        except Invalid as refused:
            show_faults(form, refused)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("batches_desk.agencies"))
    page = render_template("register/batches/desk_agencies.html", form=form, findings=queries.findings())
    return page, 422 if form.errors else 200


@blueprint.post("/agencies/<int:finding_id>/lift")
@staff(*KEEP)
def lift_finding(person: Person, finding_id: int) -> ResponseReturnValue:
    """Accept an agency's reports again."""
    found: AgencyFinding | None = queries.finding(finding_id)
    if found is None:
        raise NotFound
    services.lift_finding(found, by=person)
    flash(_("Saved."), "success")
    return redirect(url_for("batches_desk.agencies"))


def _batch_page(
    person: Person, found: Batch, refused: DomainError | None = None, opinion: OpinionForm | None = None
) -> ResponseReturnValue:
    form = opinion or OpinionForm(formdata=None, data={"given_on": clock.today()})
    form.against.choices = _boxes(found)
    if isinstance(refused, Invalid):
        show_faults(form, refused)
    acts = possible_acts(found.state, permissions(person.role_set))
    shown = queries.visible(found, person)
    examining = found.state in {BatchState.COLLECTING, BatchState.REVIEWING}
    page = render_template(
        "register/batches/desk_show.html",
        batch=found,
        candidates=shown,
        lacks=lacks(shown),
        missing=queries.lacks_of_batch(found) if examining and keeps(person) else (),
        window=queries.window(found),
        over=queries.publicity_over(found, clock.today()),
        acts=[item for item in acts if item in ACTS],
        noted=NOTED,
        explained=EXPLAINED,
        may_recommend=BatchAct.RECOMMEND in acts,
        may_consult=BatchAct.CONSULT in acts,
        form=BatchActForm(formdata=None, version=str(found.version)),
        opinion=form,
        faults=faults(refused),
        keeps=keeps(person),
    )
    return page, refused.status if refused else 200


def _boxes(found: Batch) -> list[Any]:
    return [choice(item.id, item.name) for item in found.candidates if item.state in BEFORE_PUBLICITY]  # type: ignore[arg-type]
