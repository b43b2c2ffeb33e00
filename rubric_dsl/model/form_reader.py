"""The data form: fields, matrices of rows and columns, derived figures and cross-footing checks."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

from rubric_dsl import ranges
from rubric_dsl.core.keys import item_address
from rubric_dsl.core.nodes import Both, Branch, Case, CompareOp, Condition, Const, Expr, Is, Mul
from rubric_dsl.diagnostics import Diagnostic, Lang, Place, Text
from rubric_dsl.evaluate.evaluator import measured
from rubric_dsl.evaluate.state import Env, Trace
from rubric_dsl.formulas.formula_reader import FormulaReader
from rubric_dsl.formulas.kinds import OPS, SIGNS, Kind, Typed, converted, kind_words, unit_kind
from rubric_dsl.formulas.scope import Scope
from rubric_dsl.model.model import Field, FormCheck
from rubric_dsl.ranges import Range
from rubric_dsl.source import Source
from rubric_dsl.syntax.characters import fold, twin
from rubric_dsl.syntax.tree import Leaf, Node, Statement, Tree, leaf_text
from rubric_dsl.syntax.write import write_tree
from rubric_dsl.units import CHOICE_UNIT, NOT_READ_UNIT, Unit, find_unit, own_unit

Limit = tuple[str, CompareOp, Fraction]
"""A limit of a figure: for which column (empty for all), the sign, and the number in the figure's unit."""


MAX_FIGURES = 20_000
"""A form may have this many figures; a row has one in each column."""


class FormReader:
    """Reads the statements of the form in order; names must be declared before they are used."""

    def __init__(self, source: Source, scope: Scope, found: list[Diagnostic], lang: Lang) -> None:
        self.source: Source = source
        self.scope: Scope = scope
        self.found: list[Diagnostic] = found
        self.own_source = source
        self.formulas: FormulaReader = FormulaReader(source, scope, found, lang)
        self.fields: dict[str, Field] = {}
        self.checks: list[FormCheck] = []
        self.name: str = ""
        self.group: str = ""
        self.columns: tuple[str, ...] = ()
        self.full: bool = False

    def read(self, statement: Statement) -> None:
        """Read one statement of the form."""
        tree = statement.tree
        self.source = self.formulas.source = statement.origin or self.own_source
        match statement.kind:
            case "st_form":
                self.name = tree.text("label")
            case "st_group":
                self.group, self.columns = tree.text("label"), ()
            case "st_columns":
                self.columns = tuple(leaf_text(child) for child in tree.children)
            case "st_field":
                self._field(tree)
            case "st_row":
                self._row(tree)
            case "st_derived":
                self._derived(tree)
            case "st_parameter":
                self._parameter(tree)
            case "st_check":
                self._check(tree)
            case _:
                raise LookupError(statement.kind)

    def keep_name(self, statement: Statement) -> None:
        """Keep the name that a faulty line declares, so that its uses are not reported as unknown."""
        head = twin(self.source[statement.span]).partition(":")[0]
        name = fold(head.split(maxsplit=1)[-1] if statement.kind != "st_field" else head).strip('"')
        self.scope.figures[name] = (name, NOT_READ_UNIT, None)
        for column in self.columns:
            self.scope.figures[item_address(name, fold(column))] = (name, NOT_READ_UNIT, None)

    def _field(self, tree: Node) -> None:
        options = tree.find("options")
        if isinstance(options, Node):
            self._choice(tree, tuple(leaf_text(option) for option in options.children))
        else:
            self._add(tree, leaf_text(tree.node("name")), self._limits(tree))

    def _choice(self, tree: Node, options: tuple[str, ...], row: str = "", column: str = "") -> None:
        key = item_address(row, column) if column else leaf_text(tree.node("name"))
        if self._declared(tree, key):
            return
        if len({fold(option) for option in options}) < len(options):
            hint = Text("只保留一个", "keep one of the two")
            self._fault("duplicate-level", Text(f"“{key}”的选项重复", f"'{key}' lists an option twice"), tree, hint)
        nullable = tree.find("NULLABLE") is not None
        place = Place(self.source, tree.span)
        self.fields[fold(key)] = Field(
            key, CHOICE_UNIT, ranges.EVERYTHING, False, tree.text("text"), self.group, row, column, "", None, place, options, nullable,
            tree.find("REFERENCE") is not None,
        )  # fmt: skip
        self.scope.choices[fold(key)] = (key, options)
        if nullable:
            self.scope.nullable.add(key)

    def _declared(self, tree: Node, key: str) -> bool:
        earlier = self.fields.get(fold(key))
        if earlier is not None:
            hint = Text("换一个名称，或删去一处", "give it another name, or remove one")
            words = Text(f"“{key}”写了两次", f"'{key}' is declared twice")
            self._fault("duplicate-name", words, tree, hint, earlier.place)
        return earlier is not None

    def _parameter(self, tree: Node) -> None:
        """A parameter is a formula, or a value for each option of a choice; departments do not state it."""
        names = tree.all("name")
        key, unit = leaf_text(names[0]), self._unit(tree.node("unit"))
        target = unit_kind(unit)
        if len(names) == 1:
            typed = self.formulas.formula(next(c for c in tree.children if c.kind not in ("name", "unit")))
            expr = None if typed is None else self._in_unit(typed, target, tree)
        else:
            expr = self._by_class(tree, names[1:], target)
        if expr is None:
            self.scope.figures[fold(key)] = (key, unit, None)
            return
        self._add(tree, key, [], formula=expr, parameter=True)

    def _in_unit(self, typed: Typed, target: Kind, tree: Tree) -> Expr:
        """Return a formula in a unit; a plain number takes the unit."""
        if typed.kind.dimension in (target.dimension, "zero", "number", "scaled", "unknown"):
            return converted(typed, target)
        if {typed.kind.dimension, target.dimension} != {"ratio", "pp"}:
            words = kind_words(typed.kind)
            self._fault("unit-mismatch", Text(f"公式得出的是{words.zh}", f"the formula gives {words.en}"), tree)
        return converted(typed, target)

    def _by_class(self, tree: Node, names: tuple[Tree, ...], target: Kind) -> Expr | None:
        """Read a value for each option of a choice, or for each pair of options of two."""
        keys = [self.scope.choices.get(fold(leaf_text(name))) for name in names]
        for name, key in zip(names, keys, strict=True):
            if key is None:
                words = Text(f"“{leaf_text(name)}”不是选项", f"'{leaf_text(name)}' is no choice")
                self._fault("unknown-name", words, name)
        known = [key for key in keys if key is not None]
        if len(known) < len(keys):
            return None
        self.scope.used.update(key for key, _ in known)
        branches: list[Branch] = []
        left = list(product(*(options for _, options in known)))
        for part in (*tree.all("by_class"), *tree.all("by_pair")):
            if not isinstance(part, Node):
                continue
            *stated, formula = part.children
            chosen = [self._option(key, options, word) for (key, options), word in zip(known, stated, strict=True)]
            typed = self.formulas.formula(formula)
            words_of = tuple(word for word in chosen if word is not None)
            if typed is None or len(words_of) < len(chosen):
                return None
            if words_of not in left:
                self._no_option(known[-1][0], leaf_text(stated[-1]), known[-1][1], stated[-1])
                return None
            left.remove(words_of)
            parts = tuple(Is(key, frozenset({word})) for (key, _), word in zip(known, words_of, strict=True))
            condition: Condition = parts[0] if len(parts) == 1 else Both(parts)
            branches.append(Branch(condition, self._in_unit(typed, target, part)))
        if left:
            missing = [" ".join(pair) for pair in left]
            words = Text(f"“{'、'.join(missing)}”没有数", f"there is no value for {', '.join(missing)}")
            self._fault("parameter-gap", words, tree, Text("给每个选项写一个数", "give each option a value"))
        return Case(tuple(branches), None)

    def _option(self, key: str, options: tuple[str, ...], stated: Tree) -> str | None:
        word = next((option for option in options if fold(option) == fold(leaf_text(stated))), None)
        if word is None:
            self._no_option(key, leaf_text(stated), options, stated)
        return word

    def _no_option(self, key: str, word: str, options: tuple[str, ...], tree: Tree) -> None:
        words = Text(
            f"“{key}”没有选项“{word}”（或写了两次）：{'、'.join(options)}",
            f"'{key}' has no option '{word}' (or it is given twice): {', '.join(options)}",
        )
        self._fault("unknown-option", words, tree)

    def _row(self, tree: Node) -> None:
        name = leaf_text(tree.node("name"))
        if not self.columns:
            self._fault(
                "row-without-columns",
                Text("这一行前面没有写“列”", "no columns are declared before this row"),
                tree,
                Text("在前面写：列 上年，本年", "write before it: columns before, now"),
            )
            return
        self.scope.rows[fold(name)] = self.columns
        options = tree.find("options")
        if isinstance(options, Node):
            words = tuple(leaf_text(option) for option in options.children)
            for column in self.columns:
                self._choice(tree, words, name, column)
            return
        limits = self._limits(tree)
        for column in self.columns:
            self._add(tree, item_address(name, column), limits, row=name, column=column)

    def _add(
        self,
        tree: Node,
        key: str,
        limits: list[Limit],
        *,
        row: str = "",
        column: str = "",
        formula: Expr | None = None,
        parameter: bool = False,
    ) -> None:
        unit = self._unit(tree.node("unit"))
        if len(self.fields) >= MAX_FIGURES:
            if not self.full:
                self.full = True
                words = Text(f"数据项超过 {MAX_FIGURES:,} 个", f"there are more than {MAX_FIGURES:,} figures")
                self._fault("too-many-figures", words, tree)
            return
        if self._declared(tree, key):
            return
        place = Place(self.source, tree.span)
        note, parent = tree.text("text"), tree.text("within")
        whole = tree.find("WHOLE_NUMBER") is not None
        free = tree.find("SIGNED") is not None or formula is not None
        bounds = self._bounds(tree, column, limits, ranges.between(None if free else 0, None))
        nullable = tree.find("NULLABLE") is not None
        self.fields[fold(key)] = Field(
            key, unit, bounds, whole, note, self.group, row, column, parent, formula, place, (), nullable,
            tree.find("REFERENCE") is not None, parameter,
        )  # fmt: skip
        if nullable:
            self.scope.nullable.add(key)
        self.scope.figures[fold(key)] = (key, unit, formula)
        self.scope.bounds[key] = bounds

    def _limits(self, tree: Node) -> list[Limit]:
        """Read the limits of a line of the form."""
        unit = self._unit(tree.node("unit"))
        found = []
        for limit in tree.all("limit"):
            column = self._column_of(limit)
            op, value = self._limit(limit, unit)
            if column is not None and value is not None:
                found.append((column, op, value))
        return found

    def _bounds(self, tree: Node, column: str, limits: list[Limit], otherwise: Range) -> Range:
        """Return what may be stated: the limits that are written, or what holds without any."""
        bounds = otherwise
        for meant, op, value in limits:
            if meant not in ("", fold(column)):
                continue
            if op in ("<", "<="):
                bounds = Range(bounds.low, ranges.between(None, value, high_open=op == "<").high)
            else:
                bounds = Range(ranges.between(value, None, low_open=op == ">").low, bounds.high)
        if bounds.empty:
            words = Text("没有数能满足写明的范围", "no number lies within the limits that are stated")
            hint = Text("核对上下限，下限要小于上限", "check the limits: the lower one must be below the upper one")
            self._fault("empty-limits", words, tree, hint)
            return otherwise
        return bounds

    def _column_of(self, limit: Tree) -> str | None:
        """Return the column that a limit is for, empty for all; None where there is no such column."""
        stated = limit.find("column") if isinstance(limit, Node) else None
        if stated is None:
            return ""
        name = leaf_text(stated)
        if fold(name) in {fold(column) for column in self.columns}:
            return fold(name)
        words = Text(f"这里没有“{name}”这一列", f"there is no column '{name}' here")
        hint = Text("列有：" + "、".join(self.columns), "the columns are: " + ", ".join(self.columns))
        self._fault("unknown-column", words, stated, hint if self.columns else None)
        return None

    def _limit(self, limit: Tree, unit: Unit) -> tuple[CompareOp, Fraction | None]:
        if not isinstance(limit, Node):
            raise LookupError(limit.kind)
        left, right = limit.children[-2:]
        op = OPS[left.kind]
        if op not in ("<", "<=", ">", ">="):
            words = Text("范围只能用 >、≥、<、≤ 写", "limits are written with >, >=, < or <=")
            hint = Text(
                "人人相同的数写成：参数 名称：单位 = 数",
                "a number that is the same for all is: parameter NAME: unit = NUMBER",
            )
            self._fault("limit-sign", words, limit, hint)
            return op, None
        compared = self.formulas.compared(Typed(Const(Fraction(0)), unit_kind(unit)), right)
        value = None if compared is None else measured(compared, Env({}, {}), Trace())
        return op, None if value is None else value.known

    def _unit(self, tree: Node) -> Unit:
        text = leaf_text(tree)
        return find_unit(text) or own_unit(text)

    def _derived(self, tree: Node) -> None:
        formula_tree = next(child for child in tree.children if child.kind not in ("name", "unit"))
        typed = self.formulas.formula(formula_tree)
        key = leaf_text(tree.node("name"))
        if typed is None:
            # Keep the name, so that formulas that use it are not reported as well.
            self.scope.figures[fold(key)] = (key, self._unit(tree.node("unit")), None)
            return
        target = unit_kind(self._unit(tree.node("unit")))
        self._add(tree, key, [], formula=self._in_unit(typed, target, tree.node("unit")))

    def _check(self, tree: Node) -> None:
        left, op, right = sides(tree)
        columns = sorted(self._columns_in(tree), key=self._column_order(tree).index)
        for column in columns or [""]:
            self.scope.column = column
            self._one_check(tree, left, op, right, column)
        self.scope.column = ""

    def _column_order(self, tree: Node) -> list[str]:
        return [column for ref in refs_in(tree) for column in self.scope.rows.get(fold(leaf_text(ref)), ())]

    def _columns_in(self, tree: Node) -> Iterator[str]:
        """Yield the columns of the rows that stand without one: the check then holds column by column."""
        shared: set[str] | None = None
        for ref in refs_in(tree):
            if ref.find("column") is None and fold(leaf_text(ref)) in self.scope.rows:
                columns = set(self.scope.rows[fold(leaf_text(ref))])
                shared = columns if shared is None else shared & columns
        yield from shared or ()

    def _one_check(self, tree: Node, left: Tree, op: CompareOp, right: Tree, column: str) -> None:
        before = len(self.found)
        a = self.formulas.formula(left)
        b = self.formulas.compared(a, right) if a is not None else None
        if a is None or b is None:
            if column:
                del self.found[before + 1 :]
            return
        zh, en = (f" {SIGNS[op]} ".join((write_tree(left, lang), write_tree(right, lang))) for lang in ("zh", "en"))
        tolerance = self._tolerance(tree, a)
        self.checks.append(FormCheck((zh, en), a.expr, op, b, tolerance, a.kind, column, Place(self.source, tree.span)))

    def _tolerance(self, tree: Node, left: Typed) -> Fraction:
        stated = tree.find("tolerance")
        if not isinstance(stated, Node):
            return Fraction(0)
        typed = self.formulas.formula(stated.children[0])
        if typed is None:
            return Fraction(0)
        same: Kind = left.kind
        expr = converted(typed, same)
        if isinstance(expr, Const):
            return expr.value
        if isinstance(expr, Mul) and isinstance(expr.left, Const) and isinstance(expr.right, Const):
            return expr.left.value * expr.right.value
        return Fraction(0)

    def _fault(
        self, code: str, message: Text, tree: Tree, hint: Text | None = None, other: Place | None = None
    ) -> None:
        places = (Place(self.source, tree.span),) + ((other,) if other else ())
        self.found.append(Diagnostic(code, "error", "rule", message, places, hint=hint))


def sides(tree: Node) -> tuple[Tree, CompareOp, Tree]:
    """Return the left side, the sign and the right side of a check or a comparison."""
    parts = [child for child in tree.children if child.kind != "tolerance"]
    op = next(child for child in parts if isinstance(child, Leaf) and child.kind in OPS)
    rest = [child for child in parts if child is not op]
    return rest[0], OPS[op.kind], rest[1]


def refs_in(tree: Tree) -> Iterator[Node]:
    """Yield the references in a phrase, in order."""
    if isinstance(tree, Leaf):
        return
    if tree.kind == "ref":
        yield tree
        return
    for child in tree.children:
        yield from refs_in(child)
