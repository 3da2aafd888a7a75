"""The pages on which a unit reads its order and answers it, with the number and the secret of its letter."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_limiter.util import get_remote_address

from portal.complaints.rectification import answering, queries, services
from portal.complaints.rectification.models import RectificationOrder
from portal.complaints.rectification.rules import WrongOrderSecret
from portal.extensions import csrf, limiter
from portal.filings.forms import ReplyForm, StatusForm
from portal.foundation.errors import NotFound
from portal.foundation.web import LANGUAGE_PREFIX

blueprint = Blueprint("rectification", __name__, url_prefix=LANGUAGE_PREFIX + "/rectification")
FOLLOWED = "followed_order"


class OrderForm(StatusForm):
    """Number and secret of an order, named as the letter names them."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.receipt.label.text = _l("Order number")


@blueprint.route("/", methods=["GET", "POST"])
@csrf.exempt
@limiter.limit("40 per 15 minutes", methods=["POST"], key_func=get_remote_address)
def index() -> ResponseReturnValue:
    """Ask for number and secret, then show the order."""
    form = OrderForm()
    if request.method == "POST" and form.validate():
        try:
            order = services.follow(form.receipt.data or "", form.secret.data or "")
        except WrongOrderSecret as wrong:
            form.form_errors = [wrong.message]
            return render_template("complaints/rectification/enter.html", form=form), 403
        session.permanent = True
        session[FOLLOWED] = [order.id, _mark(order)]
        return _back()
    followed = _followed()
    if followed is None or form.errors:
        return render_template("complaints/rectification/enter.html", form=form), 422 if form.errors else 200
    return _page(followed)


@blueprint.post("/answer")
@limiter.limit("30 per hour")
def answer() -> ResponseReturnValue:
    """Take the unit's answer, with evidence."""
    order = _followed()
    if order is None:
        return _back()
    form = ReplyForm()
    return _back(sent=1) if answering.take(order, form) else _page(order, form, 422)


@blueprint.post("/leave")
def leave() -> ResponseReturnValue:
    """Forget the order in this browser."""
    session.pop(FOLLOWED, None)
    return _back()


def _page(order: RectificationOrder, form: ReplyForm | None = None, code: int = 200) -> ResponseReturnValue:
    page = render_template(
        "complaints/rectification/order.html",
        **answering.context(order, queries.opened(order), form, url_for("rectification.answer")),
        part=answering.TEMPLATE,
        received=answering.RECEIVED if request.args.get("sent") == "1" else None,
    )
    return page, code


def _followed() -> RectificationOrder | None:
    """The order that this browser follows, as long as no newer letter was printed."""
    found = session.get(FOLLOWED)
    if not isinstance(found, list):
        return None
    try:
        order = queries.order_by_id(found[0])
    except NotFound:
        return None
    return order if _mark(order) == found[1] else None


def _mark(order: RectificationOrder) -> str:
    """What tells one secret of an order from the next, and neither from anything else."""
    return order.secret_digest[:16]


def _back(**values: object) -> ResponseReturnValue:
    return redirect(url_for("rectification.index", **values))  # type: ignore[arg-type]
