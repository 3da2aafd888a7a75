"""Following a filing with receipt number and secret: what the status pages of complaints and objections share.

The session of a private page holds the filing's number, never the secret.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.filings import limits
from portal.filings.forms import ReplyForm, StatusForm, sent_files
from portal.filings.models import SealedFiling
from portal.filings.taking import Files, NotTaken, WrongSecret
from portal.foundation.errors import DomainError, Invalid
from portal.vault.evidence import accept_attribute

P = ParamSpec("P")


@dataclass(frozen=True)
class Following:
    """The status pages of one kind of filing.

    ``feature`` names its blueprint, with the views ``status``, ``reply`` and ``leave``, and its folder of templates;
    ``facts`` gives what the feature's status page shows of a filing.
    """

    feature: str
    key: str
    follow: Callable[[str, str], SealedFiling]
    add_reply: Callable[[int, str, Files], object]
    facts: Callable[[int], Mapping[str, Any]]

    def status(self) -> ResponseReturnValue:
        """Ask for receipt number and secret, then show the filing."""
        form = StatusForm()
        if request.method == "POST" and form.validate():
            try:
                filing = self.follow(form.receipt.data or "", form.secret.data or "")
            except WrongSecret as wrong:
                form.form_errors = [wrong.message]
                return render_template(f"{self.feature}/status_form.html", form=form), 403
            self.hold(filing.id)
            return self.back()
        filing_id = self.held()
        if filing_id is None or form.errors:
            if request.method == "GET":
                form.receipt.data = request.args.get("receipt", "")
            return render_template(f"{self.feature}/status_form.html", form=form), 422 if form.errors else 200
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

    def page(self, filing_id: int, form: ReplyForm | None = None, code: int = 200, **more: Any) -> ResponseReturnValue:
        """The status page of a filing; ``more`` is handed to it besides."""
        page = render_template(
            f"{self.feature}/status.html",
            form=form or ReplyForm(formdata=None),
            limits=limits,
            accept=accept_attribute(),
            sent=request.args.get("sent") == "1",
            **{**self.facts(filing_id), **more},
        )
        return page, code

    def hold(self, filing_id: int) -> None:
        """Let this browser follow a filing until it has been idle for the portal's limit."""
        session.permanent = True
        session[self.key] = filing_id

    def held(self) -> int | None:
        """The filing that this browser follows."""
        found: int | None = session.get(self.key)
        return found

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
