"""How many random examples a law is tried on."""

from __future__ import annotations

import os


def tries(count: int, one_in: int = 6) -> int:
    """Return all of them for ``make laws``, ``one_in`` so many where somebody waits for ``make test``: fewer of what takes long."""
    return count if "ALL_EXAMPLES" in os.environ else max(3, count // one_in)
