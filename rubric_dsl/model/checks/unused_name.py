"""A name of the data form that no rule, no check and no other figure speaks of."""

from __future__ import annotations

from rubric_dsl.diagnostics import Diagnostic, Text
from rubric_dsl.model.model import Field, Model
from rubric_dsl.syntax.characters import fold


def unused_name(model: Model) -> tuple[Diagnostic, ...]:
    """Report each field or row that nothing uses.

    Parts of another row, derived figures (they are compared with what the department gives), parameters and references
    are not reported.
    """
    unused: dict[str, Field] = {}
    for item in model.fields.values():
        name = item.row or item.key
        spared = item.parent or item.formula is not None or item.parameter or item.reference
        if not spared and fold(name) not in model.mentioned:
            unused.setdefault(name, item)
    return tuple(_unused(name, item) for name, item in unused.items())


def _unused(name: str, item: Field) -> Diagnostic:
    return Diagnostic(
        "unused-name",
        "warning",
        "rule",
        Text(f"“{name}”写明了，但没有用到", f"'{name}' is declared and never used"),
        (item.place,),
        why=Text("部门要填它，得分与它无关", "departments have to give it, and no score depends on it"),
        hint=Text(
            "删去这一项，或写一句“核对”；只供参考的写“，参照”",
            "remove it, or write a check; where it is there for comparison only, add ', reference'",
        ),
    )
