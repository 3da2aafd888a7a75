"""What the pages of statements call things, at the desk and in the space of a unit."""

from __future__ import annotations

from portal.content.addresses import document_url
from portal.register.changes.evidence import name_of
from portal.register.changes.rules import DONE_LABELS, KIND_LABELS, STATE_LABELS, TONES

STATEMENT_WORDS = {
    "kind_labels": KIND_LABELS,
    "change_states": STATE_LABELS,
    "change_tones": TONES,
    "done_labels": DONE_LABELS,
    "file_name": name_of,
    "document_url": document_url,
}
