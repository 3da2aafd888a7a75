"""The form of the page of verification."""

from __future__ import annotations

from typing import ClassVar

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FileField, MultipleFileField, TextAreaField


class CheckForm(FlaskForm):
    """A signed text and files to compare with it. It changes nothing, so there is nothing for a forged request to abuse."""

    class Meta:
        """The form's own settings."""

        csrf: ClassVar[bool] = False

    text = TextAreaField(
        _l("Signed text"),
        render_kw={"rows": 5, "spellcheck": "false", "autocomplete": "off", "lang": "zxx"},
    )
    document = FileField(_l("Or the signed text as a file"), render_kw={"accept": ".txt,.jws,.jwt"})
    file = MultipleFileField(_l("Files to compare with the receipt"))
