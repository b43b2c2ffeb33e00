"""How tests run under mutation (`make mutation`)."""

from __future__ import annotations

import pytest
from hypothesis import Phase, settings

PROFILE = "mutation"
# A mutant is killed by the first example that fails; the smallest one would take minutes to find, and is looked at by nobody.
settings.register_profile(
    PROFILE, phases=(Phase.explicit, Phase.generate), derandomize=True, database=None, deadline=None
)


@pytest.fixture(autouse=True)
def nothing_remembered(pytestconfig: pytest.Config) -> None:
    """Each mutant is forked from a process that has run the tests: what that one remembers is of the unchanged program."""
    if pytestconfig.getoption("--hypothesis-profile") == PROFILE:
        from tools import code_pages

        code_pages.forget()
