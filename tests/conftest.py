"""How Hypothesis runs where something else than usual is asked of it."""

from __future__ import annotations

from hypothesis import Phase, settings

# A mutant is killed by the first example that fails; the smallest one would take minutes to find, and is looked at by nobody.
settings.register_profile(
    "mutation", phases=(Phase.explicit, Phase.generate), derandomize=True, database=None, deadline=None
)
