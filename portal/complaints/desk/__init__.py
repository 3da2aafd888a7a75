"""The desk of complaints: two queues over the same cases, one page per case."""

from __future__ import annotations

from portal.complaints.desk.acting import act, letter
from portal.complaints.desk.archive import archive
from portal.complaints.desk.case import case, identity
from portal.complaints.desk.counter import counter
from portal.complaints.desk.frame import BOTH, CASE_STAFF, determination, verification
from portal.complaints.desk.handling import (
    consent,
    give,
    interest,
    link,
    note,
    open_requested,
    take_back_interest,
    unlink,
)
from portal.complaints.desk.leaving import hand_over
from portal.complaints.desk.queue import assign_many, delete_view, queue, save_view
from portal.complaints.desk.templates import delete_template, template, templates
from portal.complaints.handling import models as _tables  # noqa: F401 - a table that no module names is never made
from portal.complaints.services import FILES
from portal.filings.desk import FilesDesk

__all__ = ["determination", "verification"]

for _blueprint in BOTH:
    _blueprint.add_url_rule("/", "queue", queue, methods=["GET"])
    _blueprint.add_url_rule("/assign", "assign_many", assign_many, methods=["POST"])
    _blueprint.add_url_rule("/views", "save_view", save_view, methods=["POST"])
    _blueprint.add_url_rule("/views/<int:view_id>/delete", "delete_view", delete_view, methods=["POST"])
    _blueprint.add_url_rule("/<int:case_id>", "case", case, methods=["GET"])
    _blueprint.add_url_rule("/<int:case_id>/identity", "identity", identity, methods=["POST"])
    FilesDesk(FILES, "case_id", "case").bind(_blueprint, *CASE_STAFF)
    _blueprint.add_url_rule("/<int:case_id>/archive", "archive", archive, methods=["POST"])
    _blueprint.add_url_rule("/<int:case_id>/print_order", "letter", letter, methods=["POST"])
    _blueprint.add_url_rule("/templates", "templates", templates, methods=["GET", "POST"])
    _blueprint.add_url_rule("/templates/<int:template_id>", "template", template, methods=["GET", "POST"])
    _blueprint.add_url_rule("/templates/<int:template_id>/delete", "delete_template", delete_template, methods=["POST"])
    for _view in (give, note, link, unlink, interest):
        _name = _view.__name__
        _blueprint.add_url_rule(f"/<int:case_id>/desk/{_name}", _name, _view, methods=["POST"])
    _request = "/<int:case_id>/desk/requests/<int:request_id>"
    _blueprint.add_url_rule(_request, "consent", consent, methods=["POST"])
    _blueprint.add_url_rule(f"{_request}/open", "open_requested", open_requested, methods=["POST"])
    _blueprint.add_url_rule("/<int:case_id>/<what>", "act", act, methods=["POST"])

# Only the department decides on that.
determination.add_url_rule(
    "/<int:case_id>/desk/interests/<int:interest_id>", "take_back_interest", take_back_interest, methods=["POST"]
)
verification.add_url_rule("/handover/<int:person_id>", "hand_over", hand_over, methods=["GET", "POST"])
verification.add_url_rule("/counter", "counter", counter, methods=["GET", "POST"])
