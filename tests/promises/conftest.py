"""What the tests of promises share."""

from __future__ import annotations

from tests.complaints.conftest import complaint_form, do, filed, units

__all__ = ["complaint_form", "do", "filed", "units"]
