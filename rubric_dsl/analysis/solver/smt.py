"""Core as SMT-LIB: every part of a rule becomes a named term, with what must hold for it to have a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from rubric_dsl.analysis.reach import World
from rubric_dsl.core.keys import owner, result_key
from rubric_dsl.core.nodes import (
    Add,
    Both,
    Case,
    Compare,
    Condition,
    Const,
    Definition,
    Div,
    Either,
    Expr,
    Extreme,
    Input,
    Is,
    Lookup,
    Measure,
    Mul,
    Not,
    Program,
    ToWhole,
)
from rubric_dsl.model.model import FormCheck, Indicator, Model
from rubric_dsl.records import dataclass

TRUE, FALSE = "true", "false"


class NotEncodedError(Exception):
    """A rule has something that is not put to the solver: a logarithm, a key that is no figure."""


@dataclass(frozen=True, slots=True)
class Term:
    """A number as a term; ``gap`` holds where no case of the rule applies, ``bad`` where there is no value for another reason."""

    value: str
    gap: str
    bad: str


@dataclass(frozen=True, slots=True)
class Encoded:
    """An indicator's rule: what it scores, and when each branch (by its words) and each denominator of zero is met.

    ``applies`` is 1 where the indicator is applicable, else 0; ``measure`` is None where a rule has none or several.
    """

    score: Term
    applies: str
    measure: Term | None
    branches: Mapping[tuple[str, str], str]
    zeros: Mapping[tuple[str, str], str]


class Encoder:
    """Writes one script: ``lines`` declare the figures and define the terms, as far as they have been asked for."""

    def __init__(self, model: Model, world: World) -> None:
        self.model: Model = model
        self.world: World = world
        self.lines: list[str] = ["(set-logic ALL)"]
        self.figures: dict[str, str] = {}
        self.choices: dict[str, tuple[str, tuple[str, ...]]] = {}
        self.defined: dict[str, Term] = {}
        self.encoded: dict[str, Encoded] = {}
        self.count: int = 0
        self._branches: dict[tuple[str, str], list[str]] = {}
        self._zeros: dict[tuple[str, str], list[str]] = {}
        self._measure: Term | None = None

    def indicator(self, indicator: Indicator) -> Encoded:
        """Encode an indicator's rule."""
        found = self.encoded.get(indicator.name)
        if found is None:
            kept = self._branches, self._zeros, self._measure
            self._branches, self._zeros = {}, {}
            score, applies = self._program(indicator.program)
            measure = self._measure if len(indicator.program.variants) == 1 else None
            branches = {words: _any(paths) for words, paths in self._branches.items()}
            zeros = {words: _any(paths) for words, paths in self._zeros.items()}
            found = self.encoded[indicator.name] = Encoded(score, applies, measure, branches, zeros)
            self._branches, self._zeros, self._measure = kept
        return found

    def result(self, key: str) -> Term:
        """Encode a result by its key: a subtotal, the total, a grade's rank."""
        found = self.defined.get(key)
        if found is None:
            definition: Definition | None = self.model.totals.definitions.get(key)
            if definition is None:
                raise NotEncodedError(key)
            found = self.defined[key] = self._expr(definition.value, TRUE)
        return found

    def held(self, checks: Iterable[FormCheck]) -> list[str]:
        """Return what checks of the form ask, for those whose figures can be encoded."""
        found = []
        for check in checks:
            left, right = self._expr(check.left, TRUE), self._expr(check.right, TRUE)
            rest = f"(- {left.value} {right.value})"
            slack = _number(check.tolerance)
            asked = {
                "=": f"(<= (- {slack}) {rest} {slack})",
                "<": f"(< {rest} {slack})",
                "<=": f"(<= {rest} {slack})",
                ">": f"(> {rest} (- {slack}))",
                ">=": f"(>= {rest} (- {slack}))",
            }.get(check.op)
            if asked is not None:
                found.append(_any([asked, left.gap, left.bad, right.gap, right.bad]))
        return found

    def name(self, term: str, sort: str = "Real") -> str:
        """Give a term a name of its own, so that it is written once however often it is used."""
        if " " not in term:
            return term
        self.count += 1
        self.lines.append(f"(define-fun t{self.count} () {sort} {term})")
        return f"t{self.count}"

    def _program(self, program: Program) -> tuple[Term, str]:
        before = TRUE
        paths: list[tuple[str, Term]] = []
        applies = "1.0"
        for variant in program.variants:
            here = before if variant.condition is None else _all([before, self._condition(variant.condition, before)])
            here = self.name(here, "Bool")
            self._measure = None if variant.measure is None else self._expr(variant.measure, here)
            paths.append((here, self._expr(variant.score, here)))
            if not variant.applies:
                applies = f"(ite {here} 0.0 {applies})"
            before = self.name(_all([before, f"(not {here})"]), "Bool")
        return self._joined(paths, before), self.name(applies)

    def _joined(self, paths: list[tuple[str, Term]], rest: str) -> Term:
        """Return the term of the first path that is taken; with none, there is a gap where ``rest`` holds."""
        value = "0.0"
        for path, term in reversed(paths):
            value = f"(ite {path} {term.value} {value})"
        gap = _any([rest, *(_all([path, term.gap]) for path, term in paths)])
        bad = _any([_all([path, term.bad]) for path, term in paths])
        return Term(self.name(value), self.name(gap, "Bool"), self.name(bad, "Bool"))

    def _expr(self, expr: Expr, path: str) -> Term:
        match expr:
            case Const():
                return _fixed(_number(expr.value))
            case Input():
                return self._input(expr.key)
            case Lookup():
                return self._lookup(expr)
            case Measure():
                if self._measure is None:
                    raise NotEncodedError("measure")
                return self._measure
            case Add():
                return self._over("+", [self._expr(part, path) for part in expr.parts])
            case Mul():
                return self._over("*", [self._expr(expr.left, path), self._expr(expr.right, path)])
            case Div():
                return self._quotient(expr, path)
            case Extreme():
                return self._extreme(expr, path)
            case ToWhole():
                return self._whole(expr, path)
            case Case():
                return self._case(expr, path)
            case _:
                raise NotEncodedError(type(expr).__name__)

    def _over(self, sign: str, parts: list[Term]) -> Term:
        value = self.name(f"({sign} {' '.join(part.value for part in parts)})") if len(parts) > 1 else parts[0].value
        return Term(value, _any(part.gap for part in parts), _any(part.bad for part in parts))

    def _quotient(self, expr: Div, path: str) -> Term:
        left, right = self._expr(expr.left, path), self._expr(expr.right, path)
        zero = f"(= {right.value} 0.0)"
        if not isinstance(expr.right, Const):
            self._zeros.setdefault(expr.words, []).append(_all([path, zero]))
        found = self._over("/", [left, right])
        return Term(found.value, found.gap, self.name(_any([found.bad, zero]), "Bool"))

    def _extreme(self, expr: Extreme, path: str) -> Term:
        parts = [self._expr(part, path) for part in expr.parts]
        value, sign = parts[0].value, "<=" if expr.kind == "min" else ">="
        for part in parts[1:]:
            value = self.name(f"(ite ({sign} {value} {part.value}) {value} {part.value})")
        return Term(value, _any(part.gap for part in parts), _any(part.bad for part in parts))

    def _whole(self, expr: ToWhole, path: str) -> Term:
        part = self._expr(expr.part, path)
        x = part.value
        floor, ceiling = f"(to_real (to_int {x}))", f"(- (to_real (to_int (- {x}))))"
        up = f"(to_real (to_int (+ {x} 0.5)))"
        down = f"(- (to_real (to_int (+ (- {x}) 0.5))))"
        half = f"(= (- {x} (to_real (to_int {x}))) 0.5)"
        value = {
            "floor": floor,
            "ceiling": ceiling,
            "down": f"(ite (>= {x} 0.0) {floor} {ceiling})",
            "up": f"(ite (>= {x} 0.0) {ceiling} {floor})",
            "half_up": f"(ite (>= {x} 0.0) {up} {down})",
            "half_even": f"(ite (and {half} (= (mod (to_int {x}) 2) 0)) {floor} {up})",
        }[expr.mode]
        return Term(self.name(value), part.gap, part.bad)

    def _case(self, expr: Case, path: str) -> Term:
        before = path
        paths: list[tuple[str, Term]] = []
        for branch in expr.branches:
            here = self.name(_all([before, self._condition(branch.condition, before)]), "Bool")
            if branch.words[0]:
                self._branches.setdefault(branch.words, []).append(here)
            paths.append((here, self._expr(branch.value, here)))
            before = self.name(_all([before, f"(not {here})"]), "Bool")
        if expr.otherwise is not None:
            paths.append((before, self._expr(expr.otherwise, before)))
            before = FALSE
        found = self._joined(paths, before)
        return found if expr.fault == "gap" else Term(found.value, FALSE, _any([found.gap, found.bad]))

    def _condition(self, condition: Condition, path: str) -> str:
        match condition:
            case Compare():
                left, right = self._expr(condition.left, path), self._expr(condition.right, path)
                if condition.op == "!=":
                    return f"(not (= {left.value} {right.value}))"
                return f"({condition.op} {left.value} {right.value})"
            case Is():
                name, options = self._choice(condition.key)
                known = [options.index(option) for option in condition.options if option in options]
                return _any(f"(= {name} {index})" for index in known)
            case Both():
                return _all(self._condition(part, path) for part in condition.parts)
            case Either():
                return _any(self._condition(part, path) for part in condition.parts)
            case Not():
                return f"(not {self._condition(condition.part, path)})"

    def _input(self, key: str) -> Term:
        if key in self.model.totals.definitions:
            return self.result(key)
        name = owner(key)
        if key == name:
            return _fixed(self._figure(key))
        if name not in self.model.indicators:
            raise NotEncodedError(key)
        encoded = self.indicator(self.model.indicators[name])
        found = {
            result_key("score", name): encoded.score,
            result_key("applies", name): _fixed(encoded.applies),
            result_key("measure", name): encoded.measure,
        }.get(key)
        if found is None:
            raise NotEncodedError(key)
        return found

    def _figure(self, key: str) -> str:
        found = self.figures.get(key)
        if found is not None:
            return found
        reach, grid = self.world.env.figures[key], self.world.grids.get(key)
        name = self.figures[key] = f"f{len(self.figures)}"
        if grid is None:
            self.lines.append(f"(declare-const {name} Real)")
        else:
            self.lines.append(f"(declare-const {name}n Int)")
            value = f"(+ {_number(grid.origin)} (* {_number(grid.step)} (to_real {name}n)))"
            self.lines.append(f"(define-fun {name} () Real {value})")
        for end, signs in ((reach.low, (">=", ">")), (reach.high, ("<=", "<"))):
            if end.value is not None:
                self.lines.append(f"(assert ({signs[end.open]} {name} {_number(end.value)}))")
        return name

    def _choice(self, key: str) -> tuple[str, tuple[str, ...]]:
        found = self.choices.get(key)
        if found is None:
            if key not in self.world.env.choices:
                raise NotEncodedError(key)
            options = tuple(sorted(self.world.env.choices[key]))
            found = self.choices[key] = (f"c{len(self.choices)}", options)
            self.lines += [f"(declare-const {found[0]} Int)", f"(assert (<= 0 {found[0]} {len(options) - 1}))"]
        return found

    def _lookup(self, expr: Lookup) -> Term:
        name, options = self._choice(expr.key)
        value = "0.0"
        for word, number in expr.table:
            if word in options:
                value = f"(ite (= {name} {options.index(word)}) {_number(number)} {value})"
        return _fixed(self.name(value))


def _fixed(value: str) -> Term:
    return Term(value, FALSE, FALSE)


def _number(value: Fraction) -> str:
    top, bottom = abs(value.numerator), value.denominator
    size = f"{top}.0" if bottom == 1 else f"(/ {top}.0 {bottom}.0)"
    return f"(- {size})" if value < 0 else size


def _all(parts: Iterable[str]) -> str:
    kept = [part for part in dict.fromkeys(parts) if part != TRUE]
    if FALSE in kept:
        return FALSE
    return TRUE if not kept else kept[0] if len(kept) == 1 else f"(and {' '.join(kept)})"


def _any(parts: Iterable[str]) -> str:
    kept = [part for part in dict.fromkeys(parts) if part != FALSE]
    if TRUE in kept:
        return TRUE
    return FALSE if not kept else kept[0] if len(kept) == 1 else f"(or {' '.join(kept)})"
