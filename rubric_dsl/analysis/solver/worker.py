"""The solver's own process: reads questions as JSON from standard input, and writes an answer on a line for each.

It is run by its path, so that it imports z3 and the standard library alone; whoever started it may kill it at any time.
"""

from __future__ import annotations

import json
import sys

RLIMIT = 5_000_000
"""The work that one question may take, in z3's own unit: the same on every machine."""
MEMORY_MB = 1000


def main() -> None:
    """Answer each question in its order."""
    import z3  # type: ignore[import-untyped]

    asked = json.load(sys.stdin)
    z3.set_param("memory_max_size", MEMORY_MB)
    for text in asked:
        solver = z3.Solver()
        solver.set("rlimit", RLIMIT)
        try:
            solver.from_string(text)
            answer = str(solver.check())
            values = _values(z3, solver.model()) if answer == "sat" else {}
        except z3.Z3Exception as error:
            answer, values = f"failed: {error}", {}
        sys.stdout.write(json.dumps({"answer": answer, "values": values}) + "\n")
        sys.stdout.flush()


def _values(z3: object, model: object) -> dict[str, str]:
    """Return the rational values of a model; what is irrational is left out."""
    found = {}
    for name in model:  # type: ignore[attr-defined]
        value = model[name]  # type: ignore[index]
        if z3.is_int_value(value) or z3.is_rational_value(value):  # type: ignore[attr-defined]
            found[str(name)] = str(value.as_fraction() if z3.is_rational_value(value) else value.as_long())  # type: ignore[attr-defined]
    return found


if __name__ == "__main__":
    main()
