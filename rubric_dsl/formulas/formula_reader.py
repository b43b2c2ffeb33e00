"""Formulas and conditions of a rubric, lowered to core with what each value is."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from rubric_dsl.core.keys import UNAVAILABLE, availability_key, item_address, result_key
from rubric_dsl.core.nodes import (
    Add,
    Both,
    Branch,
    Case,
    Compare,
    Condition,
    Const,
    Div,
    Either,
    Expr,
    Extreme,
    Input,
    Is,
    Mul,
    Not,
    Real,
    RealKind,
    StepMode,
    choose,
    minus,
    rounded,
    total_of,
)
from rubric_dsl.core.walk import keys_of
from rubric_dsl.diagnostics import Diagnostic, Fix, Lang, Place, Text
from rubric_dsl.formulas.cohorts import cohort_key, cohort_of, is_cohort, unsaid
from rubric_dsl.formulas.kinds import (
    NOT_READ,
    NUMBER,
    OPS,
    SCALED,
    UNKNOWN,
    ZERO,
    Kind,
    Typed,
    common,
    converted,
    disagreement,
    kind_words,
    of_unit,
    plain,
    product,
    quotient,
    unit_kind,
)
from rubric_dsl.formulas.misread import against, apart, otherwise_written, two_meanings
from rubric_dsl.formulas.phrases import is_bare, series_in
from rubric_dsl.formulas.scope import Scope, address_of
from rubric_dsl.formulas.sizes import MAX_DEPTH, MAX_NODES, Sizes
from rubric_dsl.numbers import parse_number
from rubric_dsl.source import Source
from rubric_dsl.syntax.characters import fold
from rubric_dsl.syntax.tree import Leaf, Node, Tree, leaf_text
from rubric_dsl.syntax.write import write_tree
from rubric_dsl.units import POINTS_OF_RATIO, RATIO, Unit, find_unit, own_unit

MODES: dict[str, StepMode] = {
    "HALF_UP": "half_up", "HALF_EVEN": "half_even", "ROUND_UP": "up",
    "ROUND_DOWN": "down", "ROUND_FLOOR": "floor", "ROUND_CEILING": "ceiling",
}  # fmt: skip
_REALS: dict[str, RealKind] = {"LN": "ln", "LOG10": "log10", "EXP": "exp"}
_HERE = Text("这里", "this place")
_ONE, _ZERO = Const(Fraction(1)), Const(Fraction(0))


class FormulaReader:
    """Lowers formulas to core and checks what is added to and compared with what. Faults go to ``found``.

    ``own`` is what the indicator's measure is where a formula may speak of it, ``total`` the total so far (after the
    tree); ``column`` is the column meant by 各列 while a series is read. ``implied`` is the unit of numbers that are
    written without one beside amounts of its kind.
    """

    def __init__(self, source: Source, scope: Scope, found: list[Diagnostic], lang: Lang) -> None:
        self.source: Source = source
        self.scope: Scope = scope
        self.found: list[Diagnostic] = found
        self.lang: Lang = lang
        self.sizes: Sizes = Sizes()
        self.own: Typed | None = None
        self.total: Expr | None = None
        self.column: str = ""
        self.implied: Unit | None = None

    def formula(self, tree: Tree) -> Typed | None:
        """Lower a formula; None when a fault was reported."""
        if isinstance(tree, Leaf):
            return None
        handler = getattr(self, f"_{tree.kind}", None)
        if handler is None:
            raise LookupError(tree.kind)
        result: Typed | None = handler(tree)
        if result is not None and not self.sizes.allow(result.expr):
            self.too_large(tree)
            return None
        return result

    def too_large(self, tree: Tree) -> None:
        """Report a formula that is too large with all that it refers to."""
        self.fault(
            "formula-too-large",
            Text(
                f"这个公式连同所引用的超过 {MAX_NODES:,} 个运算，或套得超过 {MAX_DEPTH} 层",
                f"including what it refers to, this formula has over {MAX_NODES:,} operations or nests over {MAX_DEPTH} deep",
            ),
            tree,
            Text("少用层层引用的计算项", "let derived figures refer to each other less"),
        )

    def compared(self, left: Typed, tree: Tree) -> Expr | None:
        """Lower what ``left`` is compared with, in the same unit; a fault is reported when they do not compare."""
        right = self.formula(tree)
        if right is None:
            return None
        if self.implied is not None and left.kind.dimension == self.implied.dimension and is_bare(tree):
            right = of_unit(right.expr, self.implied)
        kind = common(left.kind, right.kind)
        if kind is None:
            self._mismatch(tree, left, right, adding=False)
            return None
        return converted(right, left.kind if left.kind.dimension != "zero" else right.kind)

    def all(self, trees: list[Tree]) -> list[Typed] | None:
        """Lower several formulas; None when any has a fault (all are read, so that all faults are found)."""
        parts = [self.formula(tree) for tree in trees]
        typed = [part for part in parts if part is not None]
        return typed if len(typed) == len(parts) else None

    def fault(
        self,
        code: str,
        message: Text,
        tree: Tree,
        hint: Text | None = None,
        why: Text | None = None,
        fixes: tuple[Fix, ...] = (),
    ) -> None:
        """Report a fault of the rubric at a phrase."""
        place = Place(self.source, tree.span)
        self.found.append(Diagnostic(code, "error", "rule", message, (place,), why=why, hint=hint, fixes=fixes))

    def _mismatch(self, tree: Tree, left: Typed, right: Typed, *, adding: bool) -> None:
        code, message, hint = disagreement(left.kind, right.kind, adding=adding)
        if code != "percent-and-number":
            self.fault(code, message, tree, hint)
            return
        sides = apart(tree, left, right, self.source) if adding else against(tree)
        self.fault(code, message, tree, sides or hint, fixes=otherwise_written(tree))

    def plain_number(self, typed: Typed, tree: Tree, what: Text = _HERE) -> Expr | None:
        """Return the formula of a value that must be a plain number or a ratio; None, with a fault, otherwise."""
        if typed.kind.dimension in (NUMBER, RATIO, SCALED, "zero", "unknown"):
            return typed.expr
        words = kind_words(typed.kind)
        self.fault(
            "unit-mismatch",
            Text(f"{what.zh}要用没有单位的数，不能用{words.zh}", f"{what.en} takes a plain number, not {words.en}"),
            tree,
            Text("先除以同单位的数", "divide by an amount of the same unit first"),
        )
        return None

    def _number(self, tree: Node) -> Typed:
        text = leaf_text(tree)
        value = parse_number(text)
        if value == 0:
            return Typed(Const(value), Kind(ZERO))
        return Typed(Const(value), Kind(RATIO if text.endswith("%") else NUMBER))

    def _quantity(self, tree: Node) -> Typed:
        number, unit_leaf = tree.children
        unit = find_unit(leaf_text(unit_leaf)) or own_unit(leaf_text(unit_leaf))
        value = parse_number(leaf_text(number))
        if unit.dimension == POINTS_OF_RATIO:
            return Typed(Const(value / 100), Kind(POINTS_OF_RATIO))
        return Typed(Const(value), unit_kind(unit))

    def _ref(self, tree: Node) -> Typed | None:
        if self.column or tree.find("EACH", "columns") is None:
            return self.figure(tree, self._address(tree))
        self.fault(
            "series-alone",
            Text(
                "各列要写在合计、平均、最大值、最小值或满足个数里",
                "a series stands inside sum, mean, max, min or count only",
            ),
            tree,
            Text("如：平均（…[各列]）；或只写一列", "for example: mean(…[each]); or name one column"),
        )
        return None

    def _address(self, ref: Node) -> str:
        """Return the address of a figure; of one that stands for each column, in the column that is being read."""
        name = leaf_text(ref.children[0])
        return item_address(name, self.column) if ref.find("EACH", "columns") else address_of(ref)

    def figure(self, tree: Tree, address: str) -> Typed | None:
        """Lower one figure by its address."""
        found = self.scope.resolve(tree, address)
        if found is None:
            self.found.append(self.scope.no_figure(self.source, tree, address))
            return None
        key, unit, formula = found
        self.scope.used.add(key)
        if formula is not None:
            return of_unit(formula, unit)
        return of_unit(self._rounded(Input(key), unit), unit)

    def _rounded(self, figure: Expr, unit: Unit) -> Expr:
        """Round a figure where the rubric says so, as it is stated: a ratio in percent."""
        rounding = self.scope.rounding
        if rounding is None:
            return figure
        step = rounding.step / 100 if unit.dimension == RATIO else rounding.step
        return replace(rounding, step=step).of(figure)

    def _own_measure(self, tree: Node) -> Typed | None:
        named = self.figure_named("指标值", "measure")
        if named is not None:
            if self.own is not None:
                self.found.append(two_meanings(self.source, tree, Text("本指标的指标值", "the indicator's measure")))
            return named
        if self.own is None:
            self.fault(
                "no-measure",
                Text("这里没有指标值", "there is no measure here"),
                tree,
                Text("加上一句：指标值 公式", "add a line: measure FORMULA"),
            )
        return self.own

    def _running_total(self, tree: Node) -> Typed | None:
        named = self.figure_named("总分", "total")
        if named is not None:
            if self.total is not None:
                self.found.append(two_meanings(self.source, tree, Text("到此为止的总分", "the total so far")))
            return named
        if self.total is None:
            self.fault(
                "no-total-here",
                Text("这里还没有总分", "there is no total here yet"),
                tree,
                Text(
                    "“总分”只能写在总分之后的系数、一票否决里；别的指标写：得分（…）",
                    "'total' stands in coefficients and vetoes after it; another indicator's score is: score(…)",
                ),
            )
            return None
        return plain(self.total)

    def figure_named(self, *names: str) -> Typed | None:
        """Return the author's own figure where it bears a name that otherwise means something."""
        for name in names:
            found = self.scope.figures.get(fold(name))
            if found is not None:
                key, unit, formula = found
                self.scope.used.add(key)
                return of_unit(formula if formula is not None else Input(key), unit)
        return None

    def _paren(self, tree: Node) -> Typed | None:
        return self.formula(tree.children[0])

    def _neg(self, tree: Node) -> Typed | None:
        part = self.formula(tree.children[0])
        return None if part is None else Typed(Mul(Const(Fraction(-1)), part.expr), part.kind)

    def _add(self, tree: Node) -> Typed | None:
        return self._sum(tree, subtract=False)

    def _sub(self, tree: Node) -> Typed | None:
        return self._sum(tree, subtract=True)

    def _sum(self, tree: Node, *, subtract: bool) -> Typed | None:
        sides = self._sides(tree)
        if sides is None:
            return None
        left, right = sides
        kind = common(left.kind, right.kind)
        if kind is None:
            self._mismatch(tree, left, right, adding=True)
            return None
        other = converted(right, kind)
        return Typed(minus(left.expr, other) if subtract else Add((left.expr, other)), kind)

    def _mul(self, tree: Node) -> Typed | None:
        sides = self._sides(tree)
        if sides is None:
            return None
        left, right = sides
        return Typed(Mul(left.expr, right.expr), product(left.kind, right.kind))

    def _div(self, tree: Node) -> Typed | None:
        sides = self._sides(tree)
        if sides is None:
            return None
        left, right = sides
        words = Text(write_tree(tree.children[1], "zh"), write_tree(tree.children[1], "en"))
        kind = quotient(left.kind, right.kind)
        if kind.dimension == UNKNOWN:
            return NOT_READ
        alike = left.kind.dimension == right.kind.dimension
        return Typed(Div(left.expr, converted(right, left.kind) if alike else right.expr, words=words), kind)

    def _sides(self, tree: Node) -> tuple[Typed, Typed] | None:
        left, right = self.formula(tree.children[0]), self.formula(tree.children[1])
        return None if left is None or right is None else (left, right)

    def _raised(self, tree: Node) -> Typed | None:
        sides = self._sides(tree)
        if sides is None:
            return None
        what = Text("乘方", "a power")
        base, exponent = (self.plain_number(side, tree, what) for side in sides)
        return None if base is None or exponent is None else plain(Real("power", (base, exponent)))

    def _call(self, tree: Node) -> Typed | None:
        name = tree.children[0].kind
        typed = self._arguments(tree.children[1:])
        if typed is None:
            return None
        if name in _REALS or name == "SQRT":
            return self._real(name, tree, typed)
        kind = self._common(tree, typed)
        if kind is None:
            return None
        return Typed(_folded(name, [converted(part, kind) for part in typed]), kind)

    def _common(self, tree: Node, typed: list[Typed]) -> Kind | None:
        """Return the kind that several values share; None, with a fault, where they share none."""
        kind = typed[0].kind
        for part in typed[1:]:
            found = common(kind, part.kind)
            if found is None:
                self._mismatch(tree, typed[0], part, adding=False)
                return None
            kind = found
        return kind

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
        return [self.figure(tree, item_address(name, column)) for column in columns] if columns else [None]

    def _columns(self, tree: Node) -> tuple[str, ...]:
        """Return the columns that a series runs over; none, with a fault, when there is no such row or column."""
        columns, fault = self.scope.columns(self.source, tree)
        if fault is not None:
            self.found.append(fault)
        return columns

    def _real(self, name: str, tree: Node, typed: list[Typed]) -> Typed | None:
        what = Text("对数、指数、平方根", "a logarithm, exponential or root")
        if len(typed) != 1:
            hint = Text("括号里只留一个数", "leave one number in the brackets")
            self.fault("arguments", Text("这个函数只取一个数", "this function takes one number"), tree, hint)
            return None
        expr = self.plain_number(typed[0], tree, what)
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
        kind = self._common(tree, typed)
        if kind is None:
            return None
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
                Text("如：0.01", "for example: 0.01"),
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
                    f"“{leaf_text(name)}”不能作同类单位比较",
                    f"'{leaf_text(name)}' cannot be compared over the group",
                ),
                name,
                Text(
                    "用数据表里的数，或由它们算出、与同类单位无关的数",
                    "use a figure of the form, or one derived without the group",
                ),
            )
            return None
        key, unit, _ = found
        self.scope.used.add(key)
        cohort = cohort_of(which, key, tree.children[2:])
        open_question = unsaid(cohort, tree)
        if open_question is not None:
            code, message, hint = open_question
            self.fault(code, message, tree, hint)
            return None
        self.scope.cohorts[cohort_key(cohort)] = cohort
        statistic = Input(cohort_key(cohort))
        return plain(statistic) if which in ("RANK", "COHORT_COUNT") else of_unit(statistic, unit)

    def condition(self, tree: Tree) -> Condition | None:
        """Lower a condition; None when a fault was reported."""
        if not isinstance(tree, Node):
            return None
        match tree.kind:
            case "compare":
                return self._compare(tree.children[0], tree.children[1].kind, tree.children[2], tree)
            case "chain":
                return self._chain(tree)
            case "unavailable":
                return self._not_available(tree)
            case _:
                return self._joined(tree)

    def _joined(self, tree: Node) -> Condition | None:
        parts = [self.condition(child) for child in tree.children]
        found = tuple(part for part in parts if part is not None)
        if len(found) < len(parts):
            return None
        if tree.kind == "not":
            return Not(found[0])
        if tree.kind == "grouped":
            return found[0]
        return Both(found) if tree.kind == "and" else Either(found)

    def _chain(self, tree: Node) -> Condition | None:
        """``95% ≤ x ≤ 105%`` is two comparisons that both hold."""
        sides, ops = tree.children[::2], [child.kind for child in tree.children[1::2]]
        found = [self._compare(left, op, right, tree) for (left, right), op in zip(pairwise(sides), ops, strict=True)]
        parts = tuple(part for part in found if part is not None)
        return Both(parts) if len(parts) == len(found) else None

    def _compare(self, left: Tree, op: str, right: Tree, tree: Node) -> Condition | None:
        choice = self._option_compared(left, op, right, tree)
        if choice is not None:
            return choice[0]
        typed = self.formula(left)
        expr = self.compared(typed, right) if typed is not None else None
        return None if typed is None or expr is None else Compare(OPS[op], typed.expr, expr)

    def _option_compared(self, left: Tree, op: str, right: Tree, tree: Node) -> tuple[Condition | None] | None:
        """Read ``类别 = 一类``; None when the left side is no choice."""
        if not isinstance(left, Node) or left.kind != "ref":
            return None
        address = self._address(left)
        found = self.scope.choices.get(fold(address))
        if found is None:
            return None
        key, options = found
        self.scope.used.add(key)
        word = leaf_text(right) if isinstance(right, Node) and right.kind in ("ref", "own_measure") else ""
        match = next((option for option in options if fold(option) == fold(word)), None)
        if match is None or op not in ("EQ", "NE"):
            self.fault(
                "unknown-option",
                Text(f"“{key}”没有“{word}”这个选项", f"'{key}' has no option '{word}'")
                if word and op in ("EQ", "NE")
                else Text(f"“{key}”只能与它的选项比较是否相等", f"'{key}' compares with its options only, by = or ≠"),
                tree,
                Text("选项：" + "、".join(options), "options: " + ", ".join(options)),
            )
            return (None,)
        chosen = Is(key, frozenset({match}))
        return (chosen if op == "EQ" else Not(chosen),)

    def _not_available(self, tree: Node) -> Condition | None:
        ref = tree.node("ref")
        address = self._address(ref)
        found = self.scope.resolve(ref, address)
        key = found[0] if found is not None else self.scope.choices.get(fold(address), ("",))[0]
        if not key:
            self.found.append(self.scope.unknown(self.source, ref))
            return None
        if key not in self.scope.nullable:
            self.fault(
                "always-available",
                Text(f"“{key}”没有写明可无数据", f"'{key}' is not declared as one that may be unavailable"),
                ref,
                Text("在数据表里这一项后面写：可无数据", "add 'may be unavailable' where it is declared"),
            )
            return None
        return Is(availability_key(key), frozenset({UNAVAILABLE}))


def _folded(name: str, parts: list[Expr]) -> Expr:
    if name == "ABS":
        return Extreme("max", (parts[0], Mul(Const(Fraction(-1)), parts[0])))
    if name in ("SUM", "MEAN"):
        total = total_of(parts)
        return total if name == "SUM" else Div(total, Const(Fraction(len(parts))))
    return Extreme("min" if name == "MIN" else "max", tuple(parts))
