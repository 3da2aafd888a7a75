"""The blueprint of the citizen's pages, and what each of them needs."""

from __future__ import annotations

from flask import Blueprint

from portal.foundation.web import LANGUAGE_PREFIX

blueprint = Blueprint("complaints", __name__, url_prefix=LANGUAGE_PREFIX + "/complaints")
