"""Article 24: real-name complaints, from filing to closed case."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask_babel import lazy_gettext as _l

from portal.authorities.desk import Section, add_section
from portal.authorities.rules import Permission
from portal.authorities.services import add_closing_hindrance
from portal.complaints import desk, public, rectification, rules
from portal.complaints.desk.leaving import open_cases_hinder
from portal.complaints.forms import CHANNEL_LABELS
from portal.complaints.handling import queue
from portal.complaints.handling.rules import DESK_ACT_LABELS, REQUEST_LABELS
from portal.complaints.services.announcing import on_acts_recorded, on_document_published
from portal.complaints.services.recomputing import on_calendar_changed
from portal.content.hooks import document_published
from portal.filings import proofs
from portal.filings.drafts import services as drafts
from portal.filings.uploads import services as uploads
from portal.foundation.chores import add_chore
from portal.foundation.web import add_navigation, add_private_path
from portal.register.hooks import acts_recorded
from portal.rulebook.hooks import calendar_changed

VERIFICATION = Section(
    40, "verification.queue", _l("Verification"), frozenset({Permission.VERIFY}), queue.waiting_for_verification
)
DETERMINATION = Section(
    50, "determination.queue", _l("Determination"), frozenset({Permission.DETERMINE}), queue.waiting_for_determination
)


def install(app: Flask) -> None:
    """Bind the citizen's pages and the two queues."""
    app.register_blueprint(public.blueprint)
    app.register_blueprint(desk.verification)
    app.register_blueprint(desk.determination)
    add_private_path(app, "complaints/new")
    add_private_path(app, "complaints/status")
    add_navigation(app, 40, "complaints.index", _l("Complaints"))
    calendar_changed.connect(on_calendar_changed)
    document_published.connect(on_document_published)
    acts_recorded.connect(on_acts_recorded)
    add_chore(app, "drafts.expire", timedelta(hours=1), drafts.shred_expired)
    add_chore(app, "uploads.sweep", timedelta(hours=1), uploads.sweep)
    add_closing_hindrance(app, open_cases_hinder)
    add_section(app, VERIFICATION)
    add_section(app, DETERMINATION)
    rectification.install(app)
    app.jinja_env.globals.update(
        proof_of=proofs.asked,
        case_words={
            "status": rules.STATUS_LABELS,
            "tone": rules.STATUS_TONES,
            "sentence": rules.STATUS_SENTENCES,
            "act": rules.ACT_LABELS,
            "order": rules.STAFF_ACTS,
            "problem": rules.PROBLEM_LABELS,
            "refusal": rules.REFUSAL_LABELS,
            "outcome": rules.OUTCOME_LABELS,
            "finding": rules.FINDING_LABELS,
            "finding_tone": rules.FINDING_TONES,
            "assurance": rules.ASSURANCE_LABELS,
            "channel": CHANNEL_LABELS,
            "desk": DESK_ACT_LABELS,
            "request": REQUEST_LABELS,
        },
    )
