"""Functions: extremes, sums and means over series, counts, rounding, logarithms, results of others, cohorts."""

from __future__ import annotations

from fractions import Fraction

from rubric_dsl.core.keys import result_key
from rubric_dsl.core.nodes import (
    Branch,
    Case,
    Condition,
    Const,
    Div,
    Expr,
    Extreme,
    Input,
    Mul,
    Real,
    RealKind,
    StepMode,
    choose,
    rounded,
    total_of,
)
from rubric_dsl.core.walk import keys_of
from rubric_dsl.diagnostics import Text
from rubric_dsl.formulas.cohorts import Cohort, cohort_key, is_cohort
from rubric_dsl.formulas.kinds import NUMBER, Kind, Typed, common, converted, kind_of
from rubric_dsl.formulas.reader import FormulaReader, children, plain
from rubric_dsl.formulas.sizes import MAX_DEPTH
from rubric_dsl.numbers import parse_number
from rubric_dsl.syntax.characters import fold
from rubric_dsl.syntax.tree import Leaf, Node, Tree, leaf_text

MODES: dict[str, StepMode] = {
    "HALF_UP": "half_up",
    "HALF_EVEN": "half_even",
    "ROUND_UP": "up",
    "ROUND_DOWN": "down",
    "ROUND_FLOOR": "floor",
    "ROUND_CEILING": "ceiling",
}
_REALS: dict[str, RealKind] = {"LN": "ln", "LOG10": "log10", "EXP": "exp"}
_ONE, _ZERO = Const(Fraction(1)), Const(Fraction(0))


class Functions(FormulaReader):
    """Lowers calls of functions."""

    def figure(self, tree: Node, address: str) -> Typed | None:
        """Lower one figure by its address."""
        raise NotImplementedError

    def _call(self, tree: Node) -> Typed | None:
        name = tree.children[0].kind
        typed = self._arguments(tree.children[1:])
        if typed is None:
            return None
        if name in _REALS or name == "SQRT":
            return self._real(name, tree, typed)
        kind = typed[0].kind
        for part in typed[1:]:
            found = common(kind, part.kind)
            if found is None:
                self._mismatch(tree, typed[0], part, adding=False)
                return None
            kind = found
        return Typed(_folded(name, [converted(part, kind) for part in typed]), kind)

    def _arguments(self, trees: tuple[Tree, ...]) -> list[Typed] | None:
        found: list[Typed] = []
        faulty = False
        for tree in trees:
            series = self._series(tree)
            parts = [self.formula(tree)] if series is None else series
            found.extend(part for part in parts if part is not None)
            faulty = faulty or any(part is None for part in parts)
        return None if faulty or not found else found

    def _series(self, tree: Tree) -> list[Typed | None] | None:
        """Return the figures of a row over its columns; None when the argument is no series."""
        if not isinstance(tree, Node) or tree.kind != "ref" or tree.find("EACH", "columns") is None:
            return None
        columns = self._columns(tree)
        name = leaf_text(tree.children[0])
        return [self.figure(tree, f"{name}[{column}]") for column in columns] if columns else [None]

    def _columns(self, tree: Node) -> tuple[str, ...]:
        """Return the columns that a series runs over; none, with a fault, when there is no such row or column."""
        row = self.scope.rows.get(fold(leaf_text(tree.children[0])))
        if row is None:
            self.found.append(self.scope.unknown(self.source, tree))
            return ()
        span = tree.find("columns")
        if not isinstance(span, Node):
            return row
        ends = [leaf_text(child) for child in span.children]
        places = [next((i for i, name in enumerate(row) if fold(name) == fold(end)), None) for end in ends]
        first, last = places
        if first is None or last is None or first > last:
            self.fault(
                "no-such-columns",
                Text(f"没有从“{ends[0]}”到“{ends[1]}”的列", f"there are no columns from '{ends[0]}' to '{ends[1]}'"),
                span,
                Text("列依次是：" + "、".join(row), "the columns are: " + ", ".join(row)),
            )
            return ()
        return row[first : last + 1]

    def _real(self, name: str, tree: Node, typed: list[Typed]) -> Typed | None:
        what = Text("对数、指数、平方根", "a logarithm, exponential or root")
        if len(typed) != 1:
            hint = Text("括号里只留一个数", "leave one number in the brackets")
            self.fault("arguments", Text("这个函数只取一个数", "this function takes one number"), tree, hint)
            return None
        expr = self._plain(typed[0], tree, what)
        if expr is None:
            return None
        if name == "SQRT":
            return plain(Real("power", (expr, Const(Fraction(1, 2)))))
        return plain(Real(_REALS[name], (expr,)))

    def _choice(self, tree: Node) -> Typed | None:
        """Lower ``若 … 则 … 否则 …``: conditions and values in turn, the last value standing alone."""
        conditions = [self.condition(child) for child in tree.children[:-1:2]]
        typed = self.all([*tree.children[1:-1:2], tree.children[-1]])
        found = [condition for condition in conditions if condition is not None]
        if typed is None or len(found) < len(conditions):
            return None
        kind = typed[0].kind
        for part in typed[1:]:
            shared = common(kind, part.kind)
            if shared is None:
                self._mismatch(tree, typed[0], part, adding=False)
                return None
            kind = shared
        values = [converted(part, kind) for part in typed]
        branches = tuple(Branch(condition, value) for condition, value in zip(found, values[:-1], strict=True))
        return Typed(Case(branches, values[-1]), kind)

    def _count(self, tree: Node) -> Typed | None:
        found: list[Condition] = []
        for child in tree.children:
            columns = self._counted_columns(child)
            for column in columns:
                self.column = column
                condition = self.condition(child)
                self.column = ""
                if condition is None:
                    return None
                found.append(condition)
        return plain(total_of([choose(condition, _ONE, _ZERO) for condition in found]))

    def _counted_columns(self, tree: Tree) -> tuple[str, ...]:
        """Return the columns that a condition is counted over: those of its series, or once."""
        shared: tuple[str, ...] | None = None
        for ref in series_in(tree):
            columns = self._columns(ref)
            shared = columns if shared is None else tuple(name for name in shared if name in columns)
        return ("",) if shared is None else shared

    def _rounding(self, tree: Node) -> Typed | None:
        inner, step, mode = tree.children
        typed = self.formula(inner)
        size = parse_number(leaf_text(step))
        if typed is None:
            return None
        if size == 0:
            self.fault(
                "round-step",
                Text("舍入的单位要大于 0", "the step of rounding must be above 0"),
                step,
                Text("如：0.01", "as: 0.01"),
            )
            return None
        return Typed(rounded(typed.expr, size, MODES[mode.kind]), typed.kind)

    def _result(self, tree: Node) -> Typed | None:
        which, name = tree.children
        text = leaf_text(name)
        if which.kind == "MEASURE_OF":
            return self._other_measure(name, text)
        key = self.scope.headings.get(fold(text))
        if key is None:
            self.found.append(self.scope.unknown_heading(self.source, name, text, self.scope.headings))
            return None
        return plain(Input(result_key("score", key)))

    def _other_measure(self, name: Tree, text: str) -> Typed | None:
        if fold(text) in self.scope.lowered:
            return self.scope.lowered[fold(text)]
        found = self.scope.measures.get(fold(text))
        if found is None and fold(text) in self.scope.headings:
            hint = Text(f"指标的得分写作：得分（{text}）", f"write an indicator's score as: score({text})")
            self.fault("no-measure", Text(f"“{text}”没有指标值", f"'{text}' has no measure"), name, hint)
            return None
        if found is None:
            self.found.append(self.scope.unknown_heading(self.source, name, text, self.scope.measures))
            return None
        if fold(text) in self.scope.reading:
            self.fault(
                "circular", Text(f"“{text}”的指标值引用了它自己", f"the measure of '{text}' speaks of itself"), name
            )
            return None
        if len(self.scope.reading) >= MAX_DEPTH:
            self.too_large(name)
            return None
        self.scope.reading.add(fold(text))
        own, self.own = self.own, None
        typed = self.formula(found)
        self.own = own
        self.scope.reading.discard(fold(text))
        self.scope.lowered[fold(text)] = typed
        return typed

    def _cohort(self, tree: Node) -> Typed | None:
        which, name = tree.children[0].kind, tree.children[1]
        found = self.scope.figures.get(fold(leaf_text(name)))
        if found is None or any(is_cohort(key) for key in keys_of(found[2])):
            self.fault(
                "cohort-figure",
                Text(
                    f"“{leaf_text(name)}”不能作同组比较",
                    f"'{leaf_text(name)}' cannot be compared over the group",
                ),
                name,
                Text(
                    "用数据表里的数，或由它们算出、与同组无关的数",
                    "use a figure of the form, or one derived without the group",
                ),
            )
            return None
        key, unit, _ = found
        self.scope.used.add(key)
        cohort = _cohort_of(which, key, tree.children[2:])
        if which == "RANK" and not {"HIGH_TO_LOW", "LOW_TO_HIGH"} & {child.kind for child in tree.children}:
            self.fault(
                "rank-order",
                Text(
                    "没有说明名次从高到低还是从低到高", "it is not said whether the highest or the lowest ranks first"
                ),
                tree,
                Text("写作：名次（…，从高到低）", "write: rank(…, high to low)"),
            )
            return None
        if which == "COHORT_QUANTILE" and cohort.share is None:
            self.fault(
                "quantile-share",
                Text("没有说明是百分之几的分位", "it is not said which quantile"),
                tree,
                Text("写作：同组分位（…，25%）", "write: cohort_quantile(…, 25%)"),
            )
            return None
        self.scope.cohorts[cohort_key(cohort)] = cohort
        kind = Kind(NUMBER) if which in ("RANK", "COHORT_COUNT") else kind_of(unit)
        return Typed(Input(cohort_key(cohort)), kind)


def _cohort_of(which: str, key: str, options: tuple[Tree, ...]) -> Cohort:
    kinds = {child.kind for child in options}
    dropped = {child.kind: int(parse_number(leaf_text(child))) for child in options if isinstance(child, Node)}
    share = next(
        (parse_number(child.text) for child in options if isinstance(child, Leaf) and child.kind == "PERCENT"), None
    )
    ties = "mean" if "TIES_MEAN" in kinds else "last" if "TIES_LOW" in kinds else "first"
    return Cohort(
        which.removeprefix("COHORT_").lower(),
        key,
        dropped.get("drop_highest", 0),
        dropped.get("drop_lowest", 0),
        share,
        descending="LOW_TO_HIGH" not in kinds,
        ties=ties,
    )


def _folded(name: str, parts: list[Expr]) -> Expr:
    if name == "ABS":
        return Extreme("max", (parts[0], Mul(Const(Fraction(-1)), parts[0])))
    if name in ("SUM", "MEAN"):
        total = total_of(parts)
        return total if name == "SUM" else Div(total, Const(Fraction(len(parts))))
    return Extreme("min" if name == "MIN" else "max", tuple(parts))


def series_in(tree: Tree) -> list[Node]:
    """List the figures of a phrase that stand for each of their columns."""
    if isinstance(tree, Leaf):
        return []
    if tree.kind == "ref":
        return [tree] if tree.find("EACH", "columns") is not None else []
    return [found for child in children(tree) for found in series_in(child)]
