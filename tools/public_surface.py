"""Writes the public surface of ``rubric_dsl``: every exported name with its signature, as ``tests/public_surface.txt`` has it.

Usage: ``python tools/public_surface.py > tests/public_surface.txt``, when a change of the surface is meant.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import sys
import typing
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import rubric_dsl as rd  # noqa: E402 - of this checkout

INNER = frozenset(
    {
        # Made by the engine only: how is its own affair.
        "AdjustmentResult()", "Audit()", "Auditor()", "ClaimAudit()", "CompiledRubric()", "CompiledScores()", "Coverage()",
        "Decision()", "Elsewhere()", "ExampleResult()", "Explanation()", "Goal()", "GradeResult()", "Improver()",
        "Indicator()", "IndicatorCoverage()", "IndicatorResult()", "IndicatorVerification()", "Margin()", "Marks()",
        "Plan()", "Proposal()", "Reached()", "Result()", "ResultDiff()", "RowFault()", "RowFault.telling", "Rubric()", "RubricClaim()",
        "ScoreDiff()", "SectionResult()", "SqlOutput()", "SqlQuery()", "Step()", "Submissions()", "TableScores()", "Unit()",
        "Verification()", "Waiting()", "WholeAudit()",
        # The checked rubric and what is made of it: the engine's inside, which changes with it.
        "Auditor.given",
        "Auditor.models",
        "Indicator.held",
        "Auditor.attainable", "ClaimAudit.result", "CompiledRubric.details", "CompiledRubric.evaluated",
        "CompiledRubric.grade", "CompiledRubric.model", "CompiledRubric.plan", "CompiledRubric.score",
        "CompiledRubric.scores", "CompiledRubric.source", "CompiledRubric.total", "CompiledScores.values",
        "Elsewhere.variant", "Goal.edge", "Goal.met", "Goal.side", "Goal.index", "Goal.choice", "Improver.model",
        "Improver.sense", "Indicator.cases", "Indicator.examples", "Indicator.exclusion", "Indicator.forms",
        "Indicator.grades", "Indicator.inputs", "Indicator.kind", "Indicator.main", "Indicator.measure", "Indicator.program",
        "Indicator.quoted", "Indicator.role", "Indicator.rules", "IndicatorCoverage.indicator", "IndicatorResult.formula",
        "IndicatorResult.telling", "IndicatorVerification.course", "IndicatorVerification.edges",
        "IndicatorVerification.measure", "IndicatorVerification.scores", "Reached.trial", "Result.telling", "Rubric.model",
        "SectionResult.telling", "Submission.cohort", "Unit.dimension", "Unit.factor",
    }
)  # fmt: skip
"""What an exported class has and does not promise: the name and ``()`` is how it is made, else an attribute."""


def surface() -> Iterator[str]:
    """Yield the lines: names in order, below each class what it has."""
    for name in rd.__all__:
        found = getattr(rd, name)
        if inspect.isclass(found):
            yield from _class(name, found)
        elif inspect.isfunction(found):
            yield f"def {name}{_signature(found)}"
        elif name.startswith("__"):
            yield f"{name}: {type(found).__name__}"
        else:
            yield f"type {name} = {_plain(found)}"


def _class(name: str, found: type) -> Iterator[str]:
    bases = [base.__name__ for base in found.__bases__ if base is not object]
    yield f"class {name}({', '.join(bases)})" if bases else f"class {name}"
    if typing.is_typeddict(found):
        yield from (f"    {key}: {_plain(kind)}" for key, kind in sorted(inspect.get_annotations(found).items()))
        return
    if f"{name}()" not in INNER:
        yield f"    {name}{_made(found)}"
    yield from sorted(line for own, line in _members(name, found) if f"{name}.{own}" not in INNER)


def members_of(name: str, found: type) -> list[str]:
    """Return the names that a class has and promises, in the order in which they are written."""
    return list(dict.fromkeys(own for own, _ in _members(name, found)))


def surface_type(found: object) -> str:
    """Return a public type that is no class, as it is written down."""
    return _plain(found)


def _made(found: type) -> str:
    if not dataclasses.is_dataclass(found):
        return _signature(found).partition(" -> ")[0] if "__init__" in vars(found) else _inherited(found)
    fields = [item for item in dataclasses.fields(found) if item.init and not item.name.startswith("_")]
    optional = (dataclasses.MISSING, dataclasses.MISSING)
    shown = [f"{f.name}{'' if (f.default, f.default_factory) == optional else '=…'}" for f in fields]
    return f"({', '.join(shown)})"


def _inherited(found: type) -> str:
    return f"({', '.join(found._fields)})" if hasattr(found, "_fields") else "(as its base)"


def _members(name: str, found: type) -> Iterator[tuple[str, str]]:
    kinds = inspect.get_annotations(found)
    for own, kind in kinds.items():
        if not own.startswith("_"):
            yield own, f"    {own}: {_plain(kind)}"
    for own, member in vars(found).items():
        if (own.startswith("_") and own != "__call__") or own in kinds or own in getattr(found, "_fields", ()):
            continue
        if isinstance(member, property):
            yield own, f"    {own}: {_plain(member.fget.__annotations__['return'])}"
        elif inspect.isfunction(member) or isinstance(member, staticmethod | classmethod):
            yield own, f"    def {own}{_signature(getattr(found, own))}"
    text = inspect.getsource(found)
    for own in (
        re.findall(r"^        self\.([a-z]\w*)\b", text, re.MULTILINE) if not dataclasses.is_dataclass(found) else ()
    ):
        yield own, f"    {own}"


def _signature(function: Callable[..., object]) -> str:
    """Return a signature as it is written, defaults included."""
    found = inspect.signature(function)
    shown: list[str] = []
    for item in found.parameters.values():
        if item.kind is item.KEYWORD_ONLY and not any(each.startswith("*") for each in shown):
            shown.append("*")
        mark = "*" if item.kind is item.VAR_POSITIONAL else "**" if item.kind is item.VAR_KEYWORD else ""
        kind = "" if item.annotation is item.empty else f": {_plain(item.annotation)}"
        default = "" if item.default is item.empty else f" = {item.default!r}"
        shown.append(f"{mark}{item.name}{kind}{default}")
    return f"({', '.join(shown)}) -> {_plain(found.return_annotation)}"


def _plain(kind: object) -> str:
    """Return an annotation without modules, its names those that are exported."""
    words = kind.__forward_arg__ if isinstance(kind, typing.ForwardRef) else str(kind)
    words = re.sub(r"\b(?:rubric_dsl|collections|typing|fractions|os|pa)(?:\.\w+)*\.(?=[A-Z])", "", words)
    return re.sub(r"\b(?:" + "|".join(ALIASES) + r")\b", lambda match: ALIASES[match[0]], words)


ALIASES = {
    "Part": "TablePart",
    "Reason": "TableReason",
    "State": "CoverageState",
}
"""What modules call otherwise than ``rubric_dsl`` does."""


if __name__ == "__main__":
    print("\n".join(surface()))  # noqa: T201 - it is what it does
