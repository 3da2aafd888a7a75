"""The child process: reads one order and one file from its input, writes one answer, ends.

Run by path with an interpreter of its own, never imported by the portal. The order is one line of JSON; the answer is a
length of four bytes, so much JSON, and the content that was made.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

PACKAGE = "portal_parsers"


def main() -> None:
    """Do one piece of work."""
    order = json.loads(sys.stdin.buffer.readline())
    module, _, function = order["work"].partition(".")
    # Loaded before the doors close: what the work needs besides is read from the interpreter's folders alone.
    work = getattr(_load(module), function)
    confinement = _load("confinement")
    held = confinement.confine(order["memory"], order["seconds"])
    told: dict[str, Any] = {"held": held}
    made = b""
    try:
        told["facts"], made = work(sys.stdin.buffer.read(), **order["arguments"])
    except MemoryError:
        told["fault"] = "too_much"
    except Exception as fault:  # noqa: BLE001 - whatever a stranger's file does to a parser is an answer here
        told["fault"] = getattr(fault, "fault", "damaged")
    head = json.dumps(told).encode()
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.buffer.write(len(head).to_bytes(4) + head + made)
        sys.stdout.buffer.flush()


def _load(module: str) -> Any:
    """A module of this folder, under a name that is not the portal's, so that the portal is not loaded with it."""
    if PACKAGE not in sys.modules:
        folder = Path(__file__).parent
        found = importlib.util.spec_from_file_location(
            PACKAGE, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        if found is None or found.loader is None:
            raise ImportError(PACKAGE)
        sys.modules[PACKAGE] = importlib.util.module_from_spec(found)
    return importlib.import_module(f"{PACKAGE}.{module}")


if __name__ == "__main__":
    main()
