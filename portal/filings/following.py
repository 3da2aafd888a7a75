"""Following a filing with receipt number and secret: the pages that complaints and objections share, bound to each.

The session of a private page holds the filing's number, never the secret; once the secret is renewed, it holds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from flask import Blueprint, Response, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address

from portal.extensions import csrf, limiter
from portal.filings import limits, receipts, sealing
from portal.filings.forms import ReplyForm, StatusForm, sent_files
from portal.filings.models import SealedFiling
from portal.filings.taking import Files, Taken, WrongSecret
from portal.filings.trying import Refused, attempt
from portal.filings.wishes import wish_to_be_told
from portal.foundation.errors import NotFound
from portal.vault.evidence import accept_attribute

F = TypeVar("F", bound=SealedFiling)
P = ParamSpec("P")
_BOUND = "portal.following"


@dataclass(frozen=True)
class Following(Generic[F]):
    """What of following is a feature's own.

    ``feature`` names its blueprint; ``facts`` gives what the feature's status page shows of a filing.
    """

    feature: str
    #: What the session keeps the followed filing under.
    key: str
    follow: Callable[[str, str], F]
    add_reply: Callable[[int, str, Files], object]
    facts: Callable[[F], Mapping[str, Any]]
    find: Callable[[int], F]
    renew_secret: Callable[[int], str]
    #: The templates of the question for receipt and secret, and of the status page.
    asking: str
    showing: str

    def bind(self, blueprint: Blueprint) -> None:
        """Give the feature's blueprint the addresses below ``/status``. Receipt and secret need no token: they are the key."""
        blueprint.record(lambda state: state.app.extensions.setdefault(_BOUND, {}).update({self.feature: self}))
        blueprint.add_url_rule("/status", "status", csrf.exempt(status), methods=["GET", "POST"])
        blueprint.add_url_rule("/status/reply", "reply", reply, methods=["POST"])
        blueprint.add_url_rule("/status/notices", "notices", notices, methods=["POST"])
        blueprint.add_url_rule("/status/leave", "leave", leave, methods=["POST"])
        blueprint.add_url_rule("/status/receipt", "receipt", csrf.exempt(receipt), methods=["POST"])
        blueprint.add_url_rule("/status/receipts/<int:event_id>", "signed_receipt", signed_receipt, methods=["GET"])
        blueprint.add_url_rule("/status/secret", "renew", renew, methods=["POST"])

    def ask(self, form: StatusForm, code: int = 200) -> ResponseReturnValue:
        """The question for receipt number and secret."""
        return render_template(self.asking, form=form), code

    def page(self, filing_id: int, form: ReplyForm | None = None, code: int = 200, **more: Any) -> ResponseReturnValue:
        """The status page of a filing; ``more`` is handed to it besides."""
        filing = self.find(filing_id)
        page = render_template(
            self.showing,
            form=form or ReplyForm(formdata=None),
            limits=limits,
            accept=accept_attribute(),
            sent=request.args.get("sent") == "1",
            filing=filing,
            opened=sealing.opened(filing, for_filer=True),
            **{**self.facts(filing), **more},
        )
        return page, code

    def back(self, **values: Any) -> ResponseReturnValue:
        """To the status page."""
        return redirect(url_for(f"{self.feature}.status", **values))

    def hold(self, filing: SealedFiling) -> None:
        """Let this browser follow a filing until it has been idle for the portal's limit."""
        session.permanent = True
        session[self.key] = [filing.id, _mark(filing)]

    def held(self) -> int | None:
        """The filing that this browser follows, as long as the secret is the one that was shown."""
        found = session.get(self.key)
        if not isinstance(found, list):
            return None
        try:
            filing = self.find(found[0])
        except NotFound:
            return None
        return filing.id if _mark(filing) == found[1] else None


def receipt_page(template: str, taken: Taken[Any]) -> ResponseReturnValue:
    """What whoever filed keeps: receipt number, secret, and the signed receipt."""
    return render_template(template, filing=taken.filing, secret=taken.secret), 201


def followed(
    view: Callable[Concatenate[Following[Any], int, P], ResponseReturnValue],
) -> Callable[P, ResponseReturnValue]:
    """Hand a view the filing that this browser follows, so that it cannot run without one."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        following = _of_this_page()
        filing_id = following.held()
        return following.back() if filing_id is None else view(following, filing_id, *args, **kwargs)

    return guarded


@limiter.limit("40 per 15 minutes", methods=["POST"], key_func=get_remote_address)
def status() -> ResponseReturnValue:
    """Ask for receipt number and secret, then show the filing."""
    following, form = _of_this_page(), StatusForm()
    if request.method == "POST" and form.validate():
        try:
            following.hold(following.follow(form.receipt.data or "", form.secret.data or ""))
        except WrongSecret as wrong:
            form.form_errors = [wrong.message]
            return following.ask(form, wrong.status)
        return following.back()
    filing_id = following.held()
    if filing_id is None or form.errors:
        return following.ask(form, 422 if form.errors else 200)
    return following.page(filing_id)


@limiter.limit("30 per hour")
@followed
def reply(following: Following[Any], filing_id: int) -> ResponseReturnValue:
    """Take a message or a supplement of whoever filed."""
    form, files = ReplyForm(), sent_files(request.files.getlist("evidence"))
    taken = attempt(lambda: following.add_reply(filing_id, form.text.data or "", files), form)
    if isinstance(taken, Refused):
        return following.page(filing_id, form, 422)
    return following.back(sent=1)


@limiter.limit("60 per hour")
@followed
def notices(following: Following[Any], filing_id: int) -> ResponseReturnValue:
    """Begin or end the messages about changes."""
    wish_to_be_told(type(following.find(filing_id)), filing_id, wanted=request.form.get("notify") == "y")
    return following.back()


def leave() -> ResponseReturnValue:
    """Forget the filing in this browser."""
    following = _of_this_page()
    session.pop(following.key, None)
    return following.back()


@limiter.limit("40 per 15 minutes", key_func=get_remote_address)
def receipt() -> ResponseReturnValue:
    """The signed receipt of a filing, for whoever sends its number and secret: the page after filing has no session."""
    following, form = _of_this_page(), StatusForm()
    try:
        filing = following.follow(form.receipt.data or "", form.secret.data or "")
    except WrongSecret as wrong:
        form.form_errors = [wrong.message]
        return following.ask(form, wrong.status)
    return _file(next(iter(receipts.of(filing)), None))


@followed
def signed_receipt(following: Following[Any], filing_id: int, event_id: int) -> ResponseReturnValue:
    """One signed receipt of the filing that is followed, to keep."""
    return _file(receipts.one_of(following.find(filing_id), event_id))


@limiter.limit("10 per hour")
@followed
def renew(following: Following[Any], filing_id: int) -> ResponseReturnValue:
    """Give the filing a new secret and show it, once. Every other browser has to ask again."""
    secret = following.renew_secret(filing_id)
    following.hold(following.find(filing_id))
    return following.page(filing_id, renewed=secret)


def _of_this_page() -> Following[Any]:
    """That of the feature whose page was asked for."""
    bound: dict[str | None, Following[Any]] = current_app.extensions[_BOUND]
    return bound[request.blueprint]


def _mark(filing: SealedFiling) -> str:
    """What tells one secret of a filing from the next, and neither from anything else."""
    return filing.secret_digest[:16]


def _file(receipt: receipts.SignedReceipt | None) -> Response:
    """A signed receipt as a file to keep."""
    if receipt is None:
        raise NotFound
    headers = {"Content-Disposition": f'attachment; filename="{receipt.name}"'}
    return Response(receipt.token + "\n", content_type=receipts.MEDIA_TYPE, headers=headers)
