"""Following a filing with receipt number and secret: what the status pages of complaints and objections share.

The session of a private page holds the filing's number, never the secret; once the secret is renewed, it holds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from flask import Response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.filings import limits, receipts
from portal.filings.forms import ReplyForm, StatusForm, sent_files
from portal.filings.models import SealedFiling
from portal.filings.taking import Files, NotTaken, WrongSecret
from portal.filings.wishes import wish_to_be_told
from portal.foundation.errors import DomainError, Invalid, NotFound
from portal.vault.evidence import accept_attribute

P = ParamSpec("P")


@dataclass(frozen=True)
class Following:
    """The status pages of one kind of filing.

    ``feature`` names its blueprint, with a view for each page here; ``facts`` gives what the
    feature's status page shows of a filing.
    """

    feature: str
    key: str
    follow: Callable[[str, str], SealedFiling]
    add_reply: Callable[[int, str, Files], object]
    facts: Callable[[int], Mapping[str, Any]]
    find: Callable[[int], SealedFiling]
    renew_secret: Callable[[int], str]
    #: The templates of the question for receipt and secret, and of the status page.
    asking: str
    showing: str

    def status(self) -> ResponseReturnValue:
        """Ask for receipt number and secret, then show the filing."""
        form = StatusForm()
        if request.method == "POST" and form.validate():
            try:
                filing = self.follow(form.receipt.data or "", form.secret.data or "")
            except WrongSecret as wrong:
                form.form_errors = [wrong.message]
                return render_template(self.asking, form=form), 403
            self.hold(filing)
            return self.back()
        filing_id = self.held()
        if filing_id is None or form.errors:
            return render_template(self.asking, form=form), 422 if form.errors else 200
        return self.page(filing_id)

    def reply(self) -> ResponseReturnValue:
        """Take a message or a supplement of whoever filed."""
        filing_id = self.held()
        if filing_id is None:
            return self.back()
        form = ReplyForm()
        if not form.validate():
            return self.page(filing_id, form, 422)
        try:
            self.add_reply(filing_id, form.text.data or "", sent_files(request.files.getlist("evidence")))
        except Invalid as refused:
            form.text.errors = list(map(str, refused.fields.values()))
        except NotTaken as refused:
            form.evidence.errors = [f"{refused.name}: {refused.why}"]
        except DomainError as refused:
            form.form_errors = [refused.message]
        else:
            return self.back(sent=1)
        return self.page(filing_id, form, 422)

    def leave(self) -> ResponseReturnValue:
        """Forget the filing in this browser."""
        session.pop(self.key, None)
        return self.back()

    def first_receipt(self) -> ResponseReturnValue:
        """The signed receipt of a filing, for whoever sends its number and secret: the page after filing has no session."""
        form = StatusForm()
        try:
            filing = self.follow(form.receipt.data or "", form.secret.data or "")
        except WrongSecret as wrong:
            form.form_errors = [wrong.message]
            return render_template(self.asking, form=form), 403
        return _receipt(next(iter(receipts.of(filing)), None))

    def receipt(self, event_id: int) -> ResponseReturnValue:
        """One signed receipt of the filing that is followed, to keep."""
        filing_id = self.held()
        return self.back() if filing_id is None else _receipt(receipts.one_of(self.find(filing_id), event_id))

    def renew(self) -> ResponseReturnValue:
        """Give the filing a new secret and show it, once. Every other browser has to ask again."""
        filing_id = self.held()
        if filing_id is None:
            return self.back()
        secret = self.renew_secret(filing_id)
        self.hold(self.find(filing_id))
        return self.page(filing_id, renewed=secret)

    def notify(self) -> ResponseReturnValue:
        """Begin or end the messages about the filing that is followed."""
        filing_id = self.held()
        if filing_id is not None:
            wish_to_be_told(type(self.find(filing_id)), filing_id, wanted=request.form.get("notify") == "y")
        return self.back()

    def page(self, filing_id: int, form: ReplyForm | None = None, code: int = 200, **more: Any) -> ResponseReturnValue:
        """The status page of a filing; ``more`` is handed to it besides."""
        page = render_template(
            self.showing,
            form=form or ReplyForm(formdata=None),
            limits=limits,
            accept=accept_attribute(),
            sent=request.args.get("sent") == "1",
            **{**self.facts(filing_id), **more},
        )
        return page, code

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

    def back(self, **values: Any) -> ResponseReturnValue:
        """To the status page."""
        return redirect(url_for(f"{self.feature}.status", **values))

    def needed(self, view: Callable[Concatenate[int, P], ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        """Hand a view the filing that this browser follows, so that it cannot run without one."""

        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            filing_id = self.held()
            return self.back() if filing_id is None else view(filing_id, *args, **kwargs)

        return guarded


def _mark(filing: SealedFiling) -> str:
    """What tells one secret of a filing from the next, and neither from anything else."""
    return filing.secret_digest[:16]


def _receipt(receipt: receipts.SignedReceipt | None) -> Response:
    """A signed receipt as a file to keep."""
    if receipt is None:
        raise NotFound
    headers = {"Content-Disposition": f'attachment; filename="{receipt.name}"'}
    return Response(receipt.token + "\n", content_type=receipts.MEDIA_TYPE, headers=headers)
