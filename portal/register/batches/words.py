"""What a recommendation or an examination is refused with, in words."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

FUTURE_DAY = _l("This day must not lie in the future.")
ROUND_EXISTS = _l("There is already a batch of this level and year.")
NOT_A_ROUND = _l("The ministry announces the national lists; they are imported.")
NOT_YOURS = _l("The unit belongs to another authority.")
NO_AUTHORITY = _l("Please choose an authority.")
OTHER_LEVEL = _l("The row belongs to a list of another level or year.")
ALREADY_CANDIDATE = _l("The unit is already a candidate of this batch.")
ALREADY_LISTED = _l("The unit already stands in this list.")
AGENCY_BARRED = _l("The agency behind the evaluation report is excluded or lacks the basic conditions.")
REMOVED_LATELY = _l("The register shows a removal within the last three years.")
NO_SUCH_AGENCY = _l("No agency with this name stands in the register.")
NOT_A_SCORE = _l("The score is a whole number from 0 to 100.")
