"""The rounds' desk: what stands in a round, what is missing, and what can be done now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from portal.authorities import queries as authority_queries
from portal.authorities.accounts import show_faults
from portal.authorities.desk import Section, add_section, staff
from portal.authorities.models import Person
from portal.authorities.rules import Permission, permissions
from portal.foundation import clock
from portal.foundation.choices import choice
from portal.foundation.errors import DomainError, Invalid, NotFound
from portal.register.batches import queries, services
from portal.register.batches.forms import (
    BatchActForm,
    BatchForm,
    CheckForm,
    DecisionForm,
    FindingForm,
    OpinionForm,
    ReasonForm,
    RecommendationForm,
    RecommendationListForm,
    ReviewForm,
)
from portal.register.batches.holds import holds_of
from portal.register.batches.models import AgencyFinding, Batch, Candidate
from portal.register.batches.recommending import ListReport
from portal.register.batches.rules import (
    ACT_LABELS,
    AFTER_PUBLICITY,
    BEFORE_PUBLICITY,
    CANDIDATE_LABELS,
    EXPLAINED,
    GROUND_LABELS,
    LACK_LABELS,
    ORGAN_LABELS,
    PUBLICITY_OVER,
    STATE_LABELS,
    BatchAct,
    BatchState,
    CandidateState,
    NotReady,
    Organ,
    possible_acts,
)
from portal.register.batches.services import Recommendation
from portal.register.batches.statutory import statutory_dates
from portal.register.lists.files import LARGEST_FILE, UnreadableList
from portal.register.rules import CATEGORY_LABELS, Category, Level, RemovalGround, level_label

blueprint = Blueprint("batches_desk", __name__, url_prefix="/desk/batches")
KEEP, TAKE_PART = (Permission.KEEP_REGISTER,), (Permission.DRAFT, Permission.KEEP_REGISTER)
MOST_SHOWN = 300
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
TONES = {
    CandidateState.SELECTED: "lake",
    CandidateState.PUBLICISED: "saffron",
    CandidateState.HELD: "saffron",
    CandidateState.LISTED: "pine",
    CandidateState.DROPPED: "madder",
}


def install(app: Flask) -> None:
    """Take the section's place at the desk."""
    app.register_blueprint(blueprint)
    add_section(app, Section(35, "batches_desk.index", _l("Batches"), frozenset(TAKE_PART), queries.waiting))


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {
        "category_labels": CATEGORY_LABELS,
        "candidate_labels": CANDIDATE_LABELS,
        "ground_labels": GROUND_LABELS,
        "organ_labels": ORGAN_LABELS,
        "lack_labels": LACK_LABELS,
        "act_labels": ACT_LABELS,
        "tones": TONES,
        "level_label": level_label,
        "stage": stage,
    }


def stage(batch: Batch) -> object:
    """Where a round stands, in words: a publicity that has ended says so, whoever looks."""
    if batch.state is BatchState.PUBLICISED and queries.publicity_over(batch, clock.today()):
        return PUBLICITY_OVER
    return STATE_LABELS[batch.state]


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
            return _saved(opened)
    today = clock.today()
    return render_template(
        "register/batches/desk_index.html",
        batches=queries.batches(),
        form=form,
        dates=statutory_dates(today.year, today),
        keeps=_keeps(person),
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
    return _saved(found)


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
    return _saved(found)


@blueprint.route("/<int:batch_id>/candidates/new", methods=["GET", "POST"])
@staff(*TAKE_PART)
def recommend(person: Person, batch_id: int) -> ResponseReturnValue:
    """Recommend a unit."""
    found, form = queries.batch(batch_id), RecommendationForm()
    form.authority.choices = _authorities(person)
    if form.validate_on_submit():
        try:
            made = services.recommend(found, _recommendation(form), by=person)
        except Invalid as refused:
            show_faults(form, refused)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("batches_desk.candidate", batch_id=batch_id, candidate_id=made.id))
    page = render_template("register/batches/desk_recommend.html", batch=found, form=form)
    return page, 422 if form.errors else 200


@blueprint.route("/<int:batch_id>/candidates/import", methods=["GET", "POST"])
@staff(*TAKE_PART)
def recommend_list(person: Person, batch_id: int) -> ResponseReturnValue:
    """Recommend the units of a spreadsheet: first a preview, then, with the same file again, all of its rows."""
    found, form = queries.batch(batch_id), RecommendationListForm()
    report: ListReport | None = None
    if form.validate_on_submit():
        content = form.file.data.stream.read(LARGEST_FILE + 1)
        try:
            report = services.recommend_list(found, content, accepted=form.accepted.data or "", by=person)
        except UnreadableList as wrong:
            form.file.errors = [wrong.message]
        else:
            form.accepted.data = report.digest
            if report.taken:
                return _saved(found)
    page = render_template(
        "register/batches/desk_import.html", batch=found, form=form, report=report, most_shown=MOST_SHOWN
    )
    return page, 422 if form.errors else 200


@blueprint.get("/<int:batch_id>/candidates/<int:candidate_id>")
@staff(*TAKE_PART)
def candidate(person: Person, batch_id: int, candidate_id: int) -> ResponseReturnValue:
    """A candidate: what is known of it, what is missing, and what can be done now."""
    return _candidate_page(person, queries.candidate_for(batch_id, candidate_id, person))


@blueprint.post("/<int:batch_id>/candidates/<int:candidate_id>/<any(check,review,decide,take_out,drop):act>")
@staff(*TAKE_PART)
def examine(person: Person, batch_id: int, candidate_id: int, act: str) -> ResponseReturnValue:
    """Record what was found out of a candidate, or decide about it."""
    found, doing = queries.candidate_for(batch_id, candidate_id, person), BatchAct(act)
    form = FORMS[doing]()
    try:
        if not form.validate():
            raise Invalid(dict(form.errors))
        _EXAMINING[doing](found, form, person)
    except DomainError as refused:
        again = queries.candidate_for(batch_id, candidate_id, person)
        return _candidate_page(person, again, refused, form, doing)
    flash(_("Saved."), "success")
    return redirect(url_for("batches_desk.candidate", batch_id=batch_id, candidate_id=candidate_id))


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


def _check(found: Candidate, form: FlaskForm, person: Person) -> object:
    return services.check(
        found,
        RemovalGround(form.ground.data),
        applies=form.applies.data == "yes",
        checked_on=form.checked_on.data,
        source=form.source.data or "",
        by=person,
    )


def _review(found: Candidate, form: FlaskForm, person: Person) -> object:
    return services.review(
        found,
        form.expert.data or "",
        form.score.data,
        on_site_on=form.on_site_on.data,
        note=form.note.data or "",
        by=person,
    )


def _decide(found: Candidate, form: FlaskForm, person: Person) -> object:
    chosen, reason = form.selected.data == "yes", form.reason.data or ""
    return services.decide(found, selected=chosen, reason=reason, by=person, version=form.seen)


def _take_out(found: Candidate, form: FlaskForm, person: Person) -> object:
    return services.take_out(found, reason=form.note.data or "", by=person, version=form.seen)


def _drop(found: Candidate, form: FlaskForm, person: Person) -> object:
    return services.drop(found, reason=form.note.data or "", by=person, version=form.seen)


_EXAMINING: Mapping[BatchAct, Callable[[Candidate, FlaskForm, Person], object]] = {
    BatchAct.CHECK: _check,
    BatchAct.REVIEW: _review,
    BatchAct.DECIDE: _decide,
    BatchAct.TAKE_OUT: _take_out,
    BatchAct.DROP: _drop,
}
FORMS: Mapping[BatchAct, type[FlaskForm]] = {
    BatchAct.CHECK: CheckForm,
    BatchAct.REVIEW: ReviewForm,
    BatchAct.DECIDE: DecisionForm,
    BatchAct.TAKE_OUT: ReasonForm,
    BatchAct.DROP: ReasonForm,
}
#: Candidates on which each act is possible, so that the page offers no other.
_OPEN_FOR = {
    BatchAct.CHECK: BEFORE_PUBLICITY | {CandidateState.PUBLICISED, CandidateState.HELD},
    BatchAct.REVIEW: BEFORE_PUBLICITY,
    BatchAct.DECIDE: BEFORE_PUBLICITY,
    BatchAct.TAKE_OUT: BEFORE_PUBLICITY,
    BatchAct.DROP: frozenset({CandidateState.PUBLICISED, CandidateState.HELD}),
}


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
        lacks=_lacks(shown),
        missing=queries.lacks_of_batch(found) if examining and _keeps(person) else (),
        window=queries.window(found),
        over=queries.publicity_over(found, clock.today()),
        acts=[item for item in acts if item in ACTS],
        noted=NOTED,
        explained=EXPLAINED,
        may_recommend=BatchAct.RECOMMEND in acts,
        may_consult=BatchAct.CONSULT in acts,
        form=BatchActForm(formdata=None, version=str(found.version)),
        opinion=form,
        faults=_faults(refused),
        keeps=_keeps(person),
    )
    return page, refused.status if refused else 200


def _candidate_page(
    person: Person,
    found: Candidate,
    refused: DomainError | None = None,
    sent: FlaskForm | None = None,
    doing: BatchAct | None = None,
) -> ResponseReturnValue:
    possible = possible_acts(found.batch.state, permissions(person.role_set))
    acts = [item for item in FORMS if item in possible and found.state in _OPEN_FOR[item]]
    fresh = {"checked_on": clock.today(), "version": str(found.version)}
    forms = {item: FORMS[item](formdata=None, data=fresh) for item in acts}
    if sent is not None and doing in forms:
        if isinstance(refused, Invalid):
            show_faults(sent, refused)
        forms[doing] = sent
    page = render_template(
        "register/batches/desk_candidate.html",
        batch=found.batch,
        candidate=found,
        lacks=_lacks([found])[found.id],
        holds=holds_of([found])[found.id] if found.state in AFTER_PUBLICITY else [],
        forms=forms,
        failed=doing,
        faults=_faults(refused),
    )
    return page, refused.status if refused else 200


def _faults(refused: DomainError | None) -> list[object]:
    """Why an act was refused, in words for the head of the page."""
    if isinstance(refused, NotReady):
        return [LACK_LABELS[lack] for lack in refused.lacks]
    if isinstance(refused, Invalid):
        words = [
            fault
            for faults in refused.fields.values()
            for fault in (faults if isinstance(faults, list | tuple) else [faults])
        ]
        return list(dict.fromkeys(map(str, words))) or [refused.message]
    return [refused.message] if refused else []


def _lacks(candidates: list[Candidate]) -> dict[int, tuple[object, ...]]:
    """What each candidate lacks, where that still matters."""
    barred = queries.barred(candidates, clock.today())
    return {
        item.id: queries.lacks_of(item, barred)
        if item.state in {CandidateState.RECOMMENDED, CandidateState.SELECTED}
        else ()
        for item in candidates
    }


def _recommendation(form: RecommendationForm) -> Recommendation:
    return Recommendation(
        name=form.name.data or "",
        category=Category(form.category.data),
        authority=form.authority.data or "",
        name_bo=form.name_bo.data or "",
        uscc=form.uscc.data or "",
        place=form.place.data or "",
        agency=form.agency.data or "",
        report_on=form.report_on.data,
    )


def _authorities(person: Person) -> list[Any]:
    mine = authority_queries.verifying_authorities() if person.authority.is_department else [person.authority]
    return [choice(item.code, str(item.name)) for item in mine]


def _boxes(found: Batch) -> list[Any]:
    return [choice(item.id, item.name) for item in found.candidates if item.state in BEFORE_PUBLICITY]  # type: ignore[arg-type]


def _keeps(person: Person) -> bool:
    return Permission.KEEP_REGISTER in permissions(person.role_set)


def _saved(found: Batch) -> ResponseReturnValue:
    flash(_("Saved."), "success")
    return redirect(url_for("batches_desk.show", batch_id=found.id))
