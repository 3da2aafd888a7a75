"""Candidates at the desk: recommended one by one or as a spreadsheet, examined, selected, taken out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from portal.authorities import queries as authority_queries
from portal.authorities.accounts import show_faults
from portal.authorities.desk import staff
from portal.authorities.models import Person
from portal.authorities.rules import permissions
from portal.foundation import clock
from portal.foundation.choices import choice
from portal.foundation.errors import DomainError, Invalid
from portal.register.batches import queries, services
from portal.register.batches.desk.frame import TAKE_PART, blueprint, faults, lacks, saved
from portal.register.batches.forms import (
    CheckForm,
    DecisionForm,
    ReasonForm,
    RecommendationForm,
    RecommendationListForm,
    ReviewForm,
)
from portal.register.batches.holds import holds_of
from portal.register.batches.models import Candidate
from portal.register.batches.recommending import ListReport
from portal.register.batches.rules import (
    AFTER_PUBLICITY,
    BEFORE_PUBLICITY,
    GROUNDS,
    BatchAct,
    CandidateState,
    possible_acts,
)
from portal.register.batches.services import Recommendation
from portal.register.lists.files import LARGEST_FILE, UnreadableList
from portal.register.rules import Category, RemovalGround

MOST_SHOWN = 300


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
                return saved(found)
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


def _candidate_page(
    person: Person,
    found: Candidate,
    refused: DomainError | None = None,
    sent: FlaskForm | None = None,
    doing: BatchAct | None = None,
) -> ResponseReturnValue:
    possible = possible_acts(found.batch.state, permissions(person.role_set))
    acts = [item for item in FORMS if item in possible and found.state in _OPEN_FOR[item]]
    unchecked = [str(ground) for ground in GROUNDS if ground not in found.checked]
    fresh = {"checked_on": clock.today(), "version": str(found.version), "ground": unchecked[0] if unchecked else None}
    forms = {item: FORMS[item](formdata=None, data=fresh) for item in acts}
    if sent is not None and doing in forms:
        if isinstance(refused, Invalid):
            show_faults(sent, refused)
        forms[doing] = sent
    page = render_template(
        "register/batches/desk_candidate.html",
        batch=found.batch,
        candidate=found,
        lacks=lacks([found])[found.id],
        holds=holds_of([found])[found.id] if found.state in AFTER_PUBLICITY else [],
        forms=forms,
        failed=doing,
        faults=faults(refused),
    )
    return page, refused.status if refused else 200


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
