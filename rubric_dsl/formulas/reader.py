"""What every part of the formula reader shares: names, faults, and the dispatch from a phrase to its handler."""

from __future__ import annotations

from rubric_dsl.core.nodes import Condition, Expr
from rubric_dsl.diagnostics import Diagnostic, Fix, Lang, Place, Text
from rubric_dsl.formulas.kinds import NUMBER, SCALED, Kind, Typed, common, converted, kind_words
from rubric_dsl.formulas.scope import Scope
from rubric_dsl.formulas.sizes import MAX_DEPTH, MAX_NODES, Sizes
from rubric_dsl.numbers import parse_number, text_of
from rubric_dsl.source import Source
from rubric_dsl.syntax.tree import Leaf, Node, Tree, leaf_text
from rubric_dsl.units import RATIO


class FormulaReader:
    """Lowers formulas to core and checks what is added to and compared with what. Faults go to ``found``.

    ``own`` is what the indicator's measure is where a formula may speak of it, ``total`` the total so far (after the
    tree); ``column`` is the column meant by 各列 while a series is read.
    """

    def __init__(self, source: Source, scope: Scope, found: list[Diagnostic], lang: Lang) -> None:
        self.source, self.scope, self.found, self.lang = source, scope, found, lang
        self.sizes = Sizes()
        self.own: Typed | None = None
        self.total: Expr | None = None
        self.column = ""

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
                f"with what it refers to, this formula has over {MAX_NODES:,} operations or nests over {MAX_DEPTH} deep",
            ),
            tree,
            Text("少用层层引用的计算项", "let derived figures refer to each other less"),
        )

    def condition(self, tree: Tree) -> Condition | None:
        """Lower a condition; None when a fault was reported."""
        raise NotImplementedError

    def compared(self, left: Typed, tree: Tree) -> Expr | None:
        """Lower what ``left`` is compared with, in the same unit; a fault is reported when they do not compare."""
        right = self.formula(tree)
        if right is None:
            return None
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

    def plain_number(self, typed: Typed, tree: Tree) -> Expr | None:
        """Return the formula of a value that must be a plain number or a ratio; None, with a fault, otherwise."""
        return self._plain(typed, tree, Text("这里", "this place"))

    def _mismatch(self, tree: Tree, left: Typed, right: Typed, *, adding: bool) -> None:
        kinds = {left.kind.dimension, right.kind.dimension}
        verb = Text("相加减", "added to or subtracted from") if adding else Text("比较", "compared with")
        hint = Text("两边要用同一种单位", "both sides need the same kind of unit")
        code = "unit-mismatch"
        if kinds == {RATIO, NUMBER}:
            code = "percent-and-number"
            hint = Text("比率写作 100%，百分点写作 5个百分点", "write a ratio as 100%, percentage points as 5pp")
        one, other = kind_words(left.kind), kind_words(right.kind)
        message = Text(f"{one.zh}不能与{other.zh}{verb.zh}", f"{other.en} cannot be {verb.en} {one.en}")
        self.fault(code, message, tree, hint, fixes=_as_ratio(tree) if code == "percent-and-number" else ())

    def _plain(self, typed: Typed, tree: Tree, what: Text) -> Expr | None:
        """Return the formula of a value that must be a plain number or a ratio (of a logarithm, a power)."""
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


def _as_ratio(tree: Tree) -> tuple[Fix, ...]:
    """A bare number beside a ratio: the same number as a ratio (1 is 100%), or a lost % sign (95 for 95%)."""
    if not isinstance(tree, Node) or tree.kind != "number" or leaf_text(tree).endswith("%"):
        return ()
    number = parse_number(leaf_text(tree))
    ways = (f"{text_of(number * 100)}%", f"{text_of(number)}%")
    return tuple(Fix(Text(f"改为“{way}”", f"write '{way}'"), tree.span, way) for way in ways)


def plain(expr: Expr) -> Typed:
    """Return a number without a unit."""
    return Typed(expr, Kind(NUMBER))


def children(tree: Node, *kinds: str) -> list[Tree]:
    """Return the children that are not of the kinds."""
    return [child for child in tree.children if child.kind not in kinds]
