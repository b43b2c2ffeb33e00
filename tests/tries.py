"""How many random examples a law is tried on."""

from __future__ import annotations

import os


def tries(count: int) -> int:
    """Return all of them for ``make laws``, fewer where somebody waits for ``make test``."""
    return count if "ALL_EXAMPLES" in os.environ else max(3, count // 4)
