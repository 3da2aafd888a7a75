"""Why an act on a complaint is refused."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.foundation.errors import DomainError


class VerifierCannotDetermine(DomainError):
    """Verification and determination are two persons' work (Art. 24: one verifies, the other determines)."""

    status = 403
    message = _l("Whoever took part in the verification of a case cannot determine it.")


class DeciderCannotReview(DomainError):
    """A review is another person's work than the decision that it reviews."""

    status = 403
    message = _l("Whoever made the decision cannot review it.")


class NothingToReview(DomainError):
    """No review can be asked for: it was asked for already, its time is over, or the outcome leaves nothing to ask for."""

    status = 409
    message = _l("A review can be requested once, within its time limit, of a refusal or of the result.")


class AlreadyExtended(DomainError):
    """The time for verification is extended once, and only while it runs."""

    status = 409
    message = _l("The time for verification can be extended only once, and only before it has passed.")


class WrongRespondent(DomainError):
    """The act does not fit the respondent: only units are removed, only agencies excluded."""

    message = _l("This determination does not fit the respondent.")
