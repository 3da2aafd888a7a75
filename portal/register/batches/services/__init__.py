"""The use cases of a round. Each function is one transaction with its step and its audit record."""

from portal.register.batches.services.candidates import (
    Recommendation,
    recommend,
    recommend_list,
    take_out,
)
from portal.register.batches.services.examining import (
    check,
    consult,
    decide,
    drop,
    find_lacking,
    lift_finding,
    review,
)
from portal.register.batches.services.publishing import (
    announce,
    draft_announcement,
    notice_withdrawn,
    open_publicity,
    publicise,
    take_back_announcement,
    take_back_notice,
)
from portal.register.batches.services.rounds import (
    close_recommendation,
    open_batch,
    reopen_recommendation,
    report_up,
)

__all__ = [
    "Recommendation",
    "announce",
    "check",
    "close_recommendation",
    "consult",
    "decide",
    "draft_announcement",
    "drop",
    "find_lacking",
    "lift_finding",
    "notice_withdrawn",
    "open_batch",
    "open_publicity",
    "publicise",
    "recommend",
    "recommend_list",
    "reopen_recommendation",
    "report_up",
    "review",
    "take_back_announcement",
    "take_back_notice",
    "take_out",
]
