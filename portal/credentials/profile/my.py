"""The unit's own side of its profile: write, add, look, submit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from portal.credentials.members.models import UnitMember
from portal.credentials.members.my import member
from portal.credentials.profile import files, public, queries, services
from portal.credentials.profile.forms import FigureForm, PictureForm, ReportForm, TextsForm, data_of, title_of
from portal.credentials.profile.models import ProfileFile
from portal.credentials.profile.rules import STATE_LABELS, TONES, FileKind
from portal.filings import opening
from portal.filings.forms import seen_version
from portal.foundation.errors import DomainError, Invalid

blueprint = Blueprint("profile", __name__, url_prefix="/my/<ref>/profile")


@blueprint.get("")
@member
def index(membership: UnitMember) -> ResponseReturnValue:
    """Where the profile stands, and everything that can be done with it."""
    return _page(membership)


@blueprint.post("/start")
@member
def start(membership: UnitMember) -> ResponseReturnValue:
    """Begin a version."""
    services.start(membership.unit, by=membership.person)
    return _back(membership)


@blueprint.route("/texts", methods=["GET", "POST"])
@member
def texts(membership: UnitMember) -> ResponseReturnValue:
    """Write the texts."""
    profile = services.start(membership.unit, by=membership.person) if request.method == "POST" else None
    profile = profile or queries.open_version(membership.unit_id)
    if profile is None or not profile.is_editable:
        return _back(membership)
    form = TextsForm() if request.method == "POST" else TextsForm(formdata=None, data=data_of(profile))
    if request.method == "GET" or not form.validate():
        page = render_template("showcase/my_texts.html", membership=membership, unit=membership.unit, form=form)
        return page, 422 if form.errors else 200
    seen = seen_version(form.version.data)
    services.write(membership.unit, form.texts, seen=seen, by=membership.person)
    return _back(membership, said=True)


@blueprint.post("/figures")
@member
def add_figure(membership: UnitMember) -> ResponseReturnValue:
    """State a figure."""
    form = FigureForm()
    return _take(
        membership, form, lambda: services.add_figure(membership.unit, form.figure, by=membership.person), figure=form
    )


@blueprint.post("/reports")
@member
def add_report(membership: UnitMember) -> ResponseReturnValue:
    """Add a report."""
    form = ReportForm()
    return _take(membership, form, lambda: _add_file(membership, FileKind.REPORT, form, form.year.data), report=form)


@blueprint.post("/pictures")
@member
def add_picture(membership: UnitMember) -> ResponseReturnValue:
    """Add a picture."""
    form = PictureForm()
    return _take(membership, form, lambda: _add_file(membership, FileKind.PICTURE, form, None), picture=form)


@blueprint.post("/figures/<int:item_id>/drop")
@member
def drop_figure(membership: UnitMember, item_id: int) -> ResponseReturnValue:
    """Take a figure away."""
    services.drop_figure(membership.unit, item_id, by=membership.person)
    return _back(membership, said=True)


@blueprint.post("/files/<int:item_id>/drop")
@member
def drop_file(membership: UnitMember, item_id: int) -> ResponseReturnValue:
    """Take a file away."""
    services.drop_file(membership.unit, item_id, by=membership.person)
    return _back(membership, said=True)


@blueprint.get("/files/<int:file_id>")
@opening.sandbox  # type: ignore[untyped-decorator]
@member
def file(membership: UnitMember, file_id: int) -> ResponseReturnValue:
    """A file of the unit, also of a version that is not public."""
    found = queries.file_of_unit(membership.unit_id, file_id)
    return public.sent(found, small=found.kind is FileKind.PICTURE and "small" in request.args)


@blueprint.post("/submit")
@member
def submit(membership: UnitMember) -> ResponseReturnValue:
    """Hand the version to the authority."""
    seen = seen_version(request.form.get("version"))
    try:
        services.submit(membership.unit, seen=seen, by=membership.person)
    except Invalid as refused:
        return _page(membership, error=" ".join(map(str, refused.fields.values())), code=refused.status)
    flash(_("The authority reviews the profile now. You are told by e-mail what comes of it."), "success")
    return _back(membership)


@blueprint.post("/take-back")
@member
def take_back(membership: UnitMember) -> ResponseReturnValue:
    """Go on writing."""
    services.take_back(membership.unit, by=membership.person)
    return _back(membership)


def _add_file(membership: UnitMember, kind: FileKind, form: ReportForm | PictureForm, year: int | None) -> ProfileFile:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Invalid({"file": _("Please choose a file.")})
    given: Any = (sent.filename, sent.stream)
    return services.add_file(membership.unit, kind, given, title_of(form), year, by=membership.person)


def _take(
    membership: UnitMember, form: FlaskForm, act: Callable[[], object], **shown: FlaskForm
) -> ResponseReturnValue:
    """Do what a form asks for, or show the page again with what is wrong beside its fields."""
    if not form.validate():
        return _page(membership, code=422, **shown)
    try:
        act()
    except Invalid as refused:
        for name, fault in refused.fields.items():
            form[name].errors = [str(fault)]
        return _page(membership, code=refused.status, **shown)
    except DomainError as refused:
        return _page(membership, error=refused.message, code=refused.status)
    return _back(membership, said=True)


def _back(membership: UnitMember, *, said: bool = False) -> ResponseReturnValue:
    if said:
        flash(_("Saved."), "success")
    return redirect(url_for("profile.index", ref=membership.unit.public_id))


def _page(membership: UnitMember, *, error: object = None, code: int = 200, **forms: FlaskForm) -> ResponseReturnValue:
    unit = membership.unit
    current, published = queries.open_version(unit.id), queries.published_version(unit.id)
    shown = current or published
    page = render_template(
        "showcase/my.html",
        membership=membership,
        unit=unit,
        current=current,
        published=published,
        shown={**public.shown(shown), "file_url": _own_url(unit.public_id), "whole": True} if shown else None,
        forms={
            "figure": FigureForm(formdata=None),
            "report": ReportForm(formdata=None),
            "picture": PictureForm(formdata=None),
            **forms,
        },
        state_labels=STATE_LABELS,
        tones=TONES,
        accepted={"report": files.accepted(files.REPORTS), "picture": files.accepted(files.PICTURES)},
        error=error,
    )
    return page, code


def _own_url(ref: str) -> Callable[..., str]:
    return lambda item, small=False: url_for("profile.file", ref=ref, file_id=item.id, small=1 if small else None)
