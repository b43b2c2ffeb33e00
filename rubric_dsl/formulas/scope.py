"""The names of a rubric: what a formula may speak of, and near names for what it may not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import field

from rubric_dsl.core.keys import item_address
from rubric_dsl.core.nodes import Expr, Rounding
from rubric_dsl.diagnostics import Diagnostic, Fix, Place, Text
from rubric_dsl.formulas.cohorts import Cohort
from rubric_dsl.formulas.kinds import Typed
from rubric_dsl.nearest import nearest
from rubric_dsl.ranges import Range
from rubric_dsl.records import dataclass
from rubric_dsl.source import Source
from rubric_dsl.syntax.characters import fold
from rubric_dsl.syntax.leaves import leaf_written
from rubric_dsl.syntax.tree import Node, Tree, leaf_text
from rubric_dsl.units import Unit


@dataclass(slots=True)
class Scope:
    """Figures by folded address; derived fields carry their formula.

    ``choices`` are figures that name an option, ``nullable`` the addresses that may be unavailable. ``headings`` are
    the results that formulas may speak of, ``measures`` the formulas of the indicators' measures, ``reading`` those
    that are being read; ``cohorts`` collects what is asked of the group, by key. ``rounding`` is done to every
    given figure before it is used; ``bounds`` are what may be stated of figures, by address.
    """

    figures: dict[str, tuple[str, Unit, Expr | None]] = field(default_factory=dict)
    rows: dict[str, tuple[str, ...]] = field(default_factory=dict)
    choices: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    nullable: set[str] = field(default_factory=set)
    headings: dict[str, str] = field(default_factory=dict)
    measures: dict[str, Tree] = field(default_factory=dict)
    lowered: dict[str, Typed | None] = field(default_factory=dict)
    measures_seen: set[str] = field(default_factory=set)
    reading: set[str] = field(default_factory=set)
    cohorts: dict[str, Cohort] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    rounding: Rounding | None = None
    bounds: dict[str, Range] = field(default_factory=dict)
    column: str = ""

    def resolve(self, ref: Tree, stated: str = "") -> tuple[str, Unit, Expr | None] | None:
        """Return (address, unit, formula) of a reference, or None when nothing has this name."""
        address = stated or address_of(ref)
        if self.column and "[" not in address and fold(address) in self.rows:
            address = item_address(address, self.column)
        return self.figures.get(fold(address))

    def columns(self, source: Source, ref: Node) -> tuple[tuple[str, ...], Diagnostic | None]:
        """Return the columns that a series runs over; none, and the fault, when there is no such row or column."""
        row = self.rows.get(fold(leaf_text(ref.children[0])))
        if row is None:
            return (), self.unknown(source, ref)
        span = ref.find("columns")
        if not isinstance(span, Node):
            return row, None
        ends = [leaf_text(child) for child in span.children]
        first, last = (next((i for i, name in enumerate(row) if fold(name) == fold(end)), None) for end in ends)
        if first is not None and last is not None and first <= last:
            return row[first : last + 1], None
        message = Text(f"没有从“{ends[0]}”到“{ends[1]}”的列", f"there are no columns from '{ends[0]}' to '{ends[1]}'")
        hint = Text("列依次是：" + "、".join(row), "the columns are: " + ", ".join(row))
        return (), Diagnostic("no-such-columns", "error", "rule", message, (Place(source, span.span),), hint=hint)

    def no_figure(self, source: Source, ref: Tree, address: str) -> Diagnostic:
        """Say that an address is no number: it is a choice, or unknown."""
        if fold(address) not in self.choices:
            return self.unknown(source, ref)
        key = self.choices[fold(address)][0]
        message = Text(f"“{key}”是选项，不能用来计算", f"'{key}' is a choice and cannot be calculated with")
        hint = Text(f"写条件：{key} = 选项", f"write a condition: {key} = OPTION")
        return Diagnostic("choice-as-number", "error", "rule", message, (Place(source, ref.span),), hint=hint)

    def unknown(self, source: Source, ref: Tree) -> Diagnostic:
        """Put an unknown name into words, with the nearest names and, where a name swallowed something, the fix."""
        address = address_of(ref)
        names = [key for key, _, _ in self.figures.values()] + [key for key, _ in self.choices.values()]
        row = self.rows.get(fold(address))
        if row:
            hint = Text(f"要写明是哪一列，如 {address}[{row[0]}]", f"say which column: {address}[{row[0]}]")
            return _diagnostic(
                source, ref, address, hint, tuple(_written(f"{address}[{column}]") for column in row[:_SHOWN])
            )
        if fold(address) in self.headings:
            hint = Text(f"指标的得分写作：得分（{address}）", f"write an indicator's score as: score({address})")
            return _diagnostic(source, ref, address, hint, ())
        split = self._split(address)
        if split:
            hint = Text(f"用空格断开：{split}", f"put a space where the name ends: {split}")
            return _diagnostic(source, ref, address, hint, (split,))
        if self.column and "[" not in address:  # a line that is read once for each column names rows
            names = list(dict.fromkeys(name.partition("[")[0] for name in names))
        near = nearest(address, names, cutoff=0.5)
        if near:
            hint = Text("是不是：" + "、".join(near), "did you mean: " + ", ".join(near))
            return _diagnostic(source, ref, address, hint, tuple(_written(name) for name in near))
        hint = Text("先在基础数据表里写明这一项", "declare it in the data form first")
        return _diagnostic(source, ref, address, hint, ())

    def unknown_heading(self, source: Source, name: Tree, text: str, known: Iterable[str]) -> Diagnostic:
        """Put an unknown indicator or heading into words, with the nearest of the known names."""
        near = nearest(fold(text), known, cutoff=0.4)
        hint = Text("是不是：" + "、".join(near), "did you mean: " + ", ".join(near)) if near else None
        message = Text(f"没有名为“{text}”的指标", f"no indicator is called '{text}'")
        fixes = tuple(
            Fix(Text(f"改为“{each}”", f"write '{each}'"), name.span, leaf_written("NAME", each, "zh") or each)
            for each in near
        )
        return Diagnostic(
            "unknown-indicator", "error", "rule", message, (Place(source, name.span),), hint=hint, fixes=fixes
        )

    def _split(self, address: str) -> str:
        """Return the address cut where a known name ends, when one begins it."""
        known = sorted((key for key, _, _ in self.figures.values()), key=len, reverse=True)
        for name in known:
            rest = address[len(name) :]
            if address.startswith(name) and rest and re.match(r"[^\W_]", rest):
                return f"{name} {rest}"
        return ""


def address_of(ref: Tree) -> str:
    """Return the address that a reference names: ``编制数`` or ``三公经费[2019年预算数]``."""
    if not isinstance(ref, Node) or ref.kind != "ref":
        return leaf_text(ref)
    column = ref.find("column")
    name = leaf_text(ref.children[0])
    return name if column is None else item_address(name, leaf_text(column))


def _written(address: str) -> str:
    """Return an address as a formula has it, quoted where it must be."""
    name, bracket, column = address.partition("[")
    written = leaf_written("NAME", name, "zh") or name
    return f"{written}[{leaf_written('CNAME', column[:-1], 'zh')}]" if bracket else written


_SHOWN = 5
"""So many columns are offered at the most."""


def _diagnostic(source: Source, ref: Tree, address: str, hint: Text, others: tuple[str, ...]) -> Diagnostic:
    fixes = tuple(Fix(Text(f"改为“{each}”", f"write '{each}'"), ref.span, each) for each in others)
    return Diagnostic(
        "unknown-name",
        "error",
        "rule",
        Text(f"没有名为“{address}”的数据项", f"no figure is called '{address}'"),
        (Place(source, ref.span),),
        hint=hint,
        fixes=fixes,
    )
