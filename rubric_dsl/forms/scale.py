"""Scale: the assessor names a step of the rubric's scale of grades."""

from __future__ import annotations

from typing import ClassVar

from rubric_dsl.core.nodes import Const
from rubric_dsl.diagnostics import Text
from rubric_dsl.forms.base import Context
from rubric_dsl.forms.levels import Levels
from rubric_dsl.syntax.tree import Node


class ScaleForm:
    """Reads the ``by_scale`` clause."""

    clauses: ClassVar[tuple[str, ...]] = ("by_scale",)

    def read(self, clauses: tuple[Node, ...], context: Context) -> Levels | None:
        """Read the clause: the scale's steps are the levels."""
        if not context.scale:
            context.fault(
                "no-scale",
                Text("没有写明等级标准", "there is no scale"),
                clauses[0],
                hint=Text("在开头写：尺度 A = 4，B = 3，…", "write at the top: scale A = 4, B = 3, …"),
            )
            return None
        floor = min((value for value in context.scale.values() if value < 0), default=None)
        return Levels(
            context.indicator, tuple((name, Const(value)) for name, value in context.scale.items()), floor=floor
        )
