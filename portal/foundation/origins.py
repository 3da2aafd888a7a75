"""Where a request comes from: a page of the portal, or one of somebody else's.

A form that takes a key, such as the code of a draft, needs no session and so no token against forged requests. Yet its
answer opens a session: another site could put a stranger's draft into somebody's hands, who would go on writing in it.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Request

#: What a browser says of a page of the portal itself, and of a person who asked without any page.
OURS = frozenset({"same-origin", "none"})


def is_from_elsewhere(request: Request) -> bool:
    """Whether a browser says that another site's page sends a request.

    Clients that are no browsers say nothing of it and are believed: nobody is made to use them.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in OURS
    # Browsers say the former only over a safe line, and this one always.
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.host
