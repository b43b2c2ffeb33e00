"""An order of computation in which each result reads only what is known before it."""

from __future__ import annotations

from collections.abc import Mapping


def in_dependency_order(reads: Mapping[str, tuple[str, ...]]) -> tuple[list[str], tuple[str, ...]]:
    """Return the names so that each comes after those it reads, and a circle if there is one (else empty).

    Iterative, so that deep chains need no deep stack; linear in names and reads.
    """
    order: list[str] = []
    state: dict[str, int] = {}
    for start in reads:
        if start in state:
            continue
        path = [(start, iter(reads[start]))]
        state[start] = 1
        while path:
            name, rest = path[-1]
            following = next((item for item in rest if item in reads and state.get(item) != 2), None)  # noqa: PLR2004
            if following is None:
                state[name] = 2
                order.append(name)
                path.pop()
            elif state.get(following) == 1:
                names = [item for item, _ in path]
                return order, tuple(names[names.index(following) :])
            else:
                state[following] = 1
                path.append((following, iter(reads[following])))
    return order, ()
