"""How the duty of the yearly form is named."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

FORM = _l("Dynamic management form")
HOW = _l("File it on the national platform, not here. Your authority tells this portal whether it was filed.")
