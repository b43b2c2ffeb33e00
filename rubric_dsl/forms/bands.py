"""Bands: parts of the measure's range, each with a score; full marks at a bound is a band too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Literal

from rubric_dsl.core.nodes import Both, Branch, Compare, CompareOp, Condition, Const, Expr, Measure
from rubric_dsl.diagnostics import Place, Text
from rubric_dsl.forms.base import Context, FormInput, Seen, measure_text, score_of
from rubric_dsl.syntax.tree import Node, Tree

OPS: dict[str, CompareOp] = {"LE": "<=", "GE": ">=", "LT": "<", "GT": ">", "EQ": "=", "NE": "!="}


@dataclass(frozen=True, slots=True)
class Bands:
    """Bands in the author's order; the first that holds the measure decides."""

    found: tuple[Branch, ...]
    places: tuple[Place, ...]
    role: Literal["case"] = "case"
    inputs: tuple[FormInput, ...] = ()
    floor: Fraction | None = None

    def branches(self) -> tuple[Branch, ...]:
        """Return one branch for each band."""
        return self.found

    def amount(self) -> None:
        """Bands neither add nor deduct."""

    def reason(self, seen: Seen) -> Text | None:
        """Name the band that holds the measure."""
        measure = seen.number("measure")
        taken = [branch.words for branch in self.found if branch.words in seen.branches]
        if measure is None or len(taken) != 1:
            return None
        shown = measure_text(measure, seen.kind)
        return Text(f"{shown} 属于“{taken[0][0]}”", f"{shown} is in '{taken[0][1]}'")


class BandsForm:
    """Reads ``band`` clauses."""

    clauses = ("band",)
    pages: ClassVar[Mapping[str, Text]] = {
        "end-not-said": Text(
            "没有说明端点归哪一档，恰好在端点上的部门得分不定。写（含）或（不含）。",
            "It is not said which band owns an end, so a department exactly there has no certain score. Write (included) or (excluded).",
        ),
    }

    def read(self, clauses: tuple[Node, ...], context: Context) -> Bands | None:
        """Read all bands of a rule."""
        if context.measure is None:
            context.fault(
                "no-measure",
                Text("分档需要指标值", "bands need a measure"),
                clauses[0],
                hint=Text("加上一句：指标值 公式", "add a line: measure FORMULA"),
            )
            return None
        branches = [_branch(clause, context) for clause in clauses]
        if any(branch is None for branch in branches):
            return None
        places = tuple(Place(context.source, clause.span) for clause in clauses)
        return Bands(tuple(branch for branch in branches if branch is not None), places)


def _branch(clause: Node, context: Context) -> Branch | None:
    score = clause.node("score")
    region = next(child for child in clause.children if child is not score)
    condition = _condition(region, context) if isinstance(region, Node) else None
    if condition is None:
        return None
    return Branch(condition, Const(score_of(score, context.points)), context.words(clause))


def _condition(region: Node, context: Context) -> Condition | None:
    if region.kind == "compared":
        op = OPS[region.children[0].kind]
        return _compare(op, region.children[1], context)
    if region.kind == "at":
        return _compare("=", region.children[0], context)
    if region.kind == "or_more":
        return _ended(region, "以上", ">", context)
    if region.kind == "or_less":
        return _ended(region, "以下", "<", context)
    return _between(region, context)


def _ended(region: Node, word: str, op: Literal["<", ">"], context: Context) -> Condition | None:
    mark = region.find("INCLUDED", "EXCLUDED")
    if mark is None:
        written = context.source[region.children[0].span]
        context.fault(
            "end-not-said",
            Text(
                f"“{written}{word}”没有说明是否包括 {written}",
                f"it is not said whether {written} itself is included",
            ),
            region,
            why=Text(f"恰好为 {written} 时得分不定", f"a measure of exactly {written} has no certain score"),
            hint=Text(
                f"写作 {written}（含）{word} 或 {written}（不含）{word}",
                f"write {written} (included) or (excluded)",
            ),
        )
        return None
    closed: CompareOp = ">=" if op == ">" else "<="
    return _compare(closed if mark.kind == "INCLUDED" else op, region.children[0], context)


def _between(region: Node, context: Context) -> Condition | None:
    """（含）closes the end that it stands at; the other end is then open. Neither marked: nobody owns the ends."""
    bounds: list[Tree] = []
    marks: list[str] = []
    for child in region.children:
        if child.kind in ("INCLUDED", "EXCLUDED"):
            marks[-1] = child.kind
        else:
            bounds.append(child)
            marks.append("")
    if marks == ["", ""]:
        context.fault(
            "end-not-said",
            Text("这一档没有说明两端各归哪一档", "it is not said which ends belong to this band"),
            region,
            why=Text("恰好落在端点上时得分不定", "a measure exactly at an end has no certain score"),
            hint=Text("在归本档的一端后面写（含）", "write (included) after the end that belongs to it"),
        )
        return None
    low = _compare(">=" if marks[0] == "INCLUDED" else ">", bounds[0], context)
    high = _compare("<=" if marks[1] == "INCLUDED" else "<", bounds[1], context)
    return None if low is None or high is None else Both((low, high))


def _compare(op: CompareOp, bound: Tree, context: Context) -> Compare | None:
    if context.measure is None:
        return None
    right: Expr | None = context.typer.compared(context.measure, bound)
    return None if right is None else Compare(op, Measure(), right)
