"""Where higher packages join in: what happens in the register, told inside the transaction in which it happens."""

from __future__ import annotations

from blinker import Namespace

#: Sent with ``events`` (the acts of the ledger, a sequence, in their order) after they were applied to the tables and
#: written; the sender is the application. A receiver that raises refuses the acts, and nothing has happened.
acts_recorded = Namespace().signal("acts-recorded")
