"""Rectification orders (Art. 24): issued by the department, answered by the unit, then rechecked.

The unit reads and answers its order with the number and the secret of its letter, or in its own space.
"""

from __future__ import annotations

from flask import Flask

from portal.complaints.rectification import duties, rules
from portal.foundation.web import add_private_path
from portal.register.duties import add_duties, add_duty_page


def install(app: Flask) -> None:
    """Bind the pages on which a unit answers its order."""
    from portal.complaints.rectification.public import blueprint

    app.register_blueprint(blueprint)
    add_private_path(app, "rectification")
    add_duties(app, duties.of_unit)
    add_duty_page(app, "rectification", duties.page)
    app.jinja_env.globals.update(order_words={"state": rules.STATE_LABELS, "tone": rules.STATE_TONES})
