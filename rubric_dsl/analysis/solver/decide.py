"""What is left undecided, put to the solver; its data are run through our own evaluator before they count."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from rubric_dsl.analysis.admissible import checks_on
from rubric_dsl.analysis.claims import ProofVerdict, RubricClaim
from rubric_dsl.analysis.lattice import Inputs
from rubric_dsl.analysis.reach import World
from rubric_dsl.analysis.solver.ask import Answer, ask, installed
from rubric_dsl.analysis.solver.smt import Encoded, Encoder, NotEncodedError, Term
from rubric_dsl.analysis.witness import Data, Witness, filled, witness_of
from rubric_dsl.core.keys import UNAVAILABLE, is_result, owner
from rubric_dsl.core.walk import keys_of_program
from rubric_dsl.data.submission import Figure, Statement, Submission
from rubric_dsl.diagnostics import Text
from rubric_dsl.evaluate.evaluator import run
from rubric_dsl.model.model import Indicator, Model
from rubric_dsl.numbers import text_of
from rubric_dsl.records import dataclass
from rubric_dsl.scoring.score import score

SHOWN_BY_DATA = frozenset({"reaches-full", "reaches-least", "no-unreachable", "grade-reachable"})
"""Claims that data prove; the others are claims that data refute."""
_NO_SOLVER = Text(
    "；可装上求解器再试：pip install 'rubric-dsl[proofs]'", "; a solver may decide it: pip install 'rubric-dsl[proofs]'"
)
_NO_ANSWER = Text("；求解器也没有定论", "; nor does the solver decide it")
Test = Callable[[Witness], bool]


@dataclass(frozen=True, slots=True)
class Question:
    """One script of a claim, and what its data must show."""

    script: str
    figures: Mapping[str, str]
    choices: Mapping[str, tuple[str, tuple[str, ...]]]
    test: Test


def decide(model: Model, world: World, claims: Sequence[RubricClaim]) -> list[RubricClaim]:
    """Return claims with what the solver decides of the undecided ones; without a solver, these say so."""
    waiting = [claim for claim in claims if claim.verdict == "undecided"]
    if not waiting:
        return list(claims)
    if not installed():
        return [_still(claim, _NO_SOLVER) if claim.verdict == "undecided" else claim for claim in claims]
    asked = [(claim, _questions(model, world, claim)) for claim in waiting]
    answers = iter(ask([question.script for _, questions in asked for question in questions]))
    decided = {
        id(claim): _decided(claim, [_told(model, world, claim, question, next(answers)) for question in questions])
        for claim, questions in asked
    }
    return [decided.get(id(claim), claim) for claim in claims]


def _still(claim: RubricClaim, more: Text) -> RubricClaim:
    reason = claim.reason or Text("", "")
    return replace(claim, reason=Text(reason.zh + more.zh, reason.en + more.en))


def _questions(model: Model, world: World, claim: RubricClaim) -> list[Question]:
    """Return what to ask for a claim; nothing where its rule cannot be put to the solver."""
    encoder = Encoder(model, world)
    try:
        if claim.subject:
            indicator = model.indicators[claim.subject]
            asked = _asked(indicator, claim, encoder.indicator(indicator))
        else:
            asked = _asked_of_the_whole(model, claim, encoder)
        held = encoder.held(checks_on(world.checks, encoder.figures))
    except (NotEncodedError, KeyError):
        return []
    common = [*encoder.lines, *(f"(assert {term})" for term in held)]
    return [
        Question("\n".join([*common, f"(assert {term})"]), encoder.figures, encoder.choices, test)
        for term, test in asked
    ]


def _asked(indicator: Indicator, claim: RubricClaim, encoded: Encoded) -> list[tuple[str, Test]]:
    """Return terms that hold for the data that would settle a claim."""
    score = encoded.score
    low, high = indicator.floor, indicator.ceiling
    match claim.name:
        case "covers":
            if claim.about:  # other faults than a gap, of which the solver knows nothing
                return []
            return [(f"(and {score.gap} (not {score.bad}))", lambda shown: "gap" in shown.faults)]
        case "no-unreachable":
            return [(encoded.branches[words], _takes(words)) for words in claim.about]
        case "reaches-full":
            full = indicator.full
            reached = _valued(score, f"(>= {score.value} {_smt(full)})")
            return [(reached, lambda shown: shown.score is not None and shown.score >= full)]
        case "reaches-least":
            return [(_valued(score, f"(= {score.value} {_smt(low)})"), lambda shown: shown.score == low)]
        case "within-points":
            outside = f"(or (< {score.value} {_smt(low)}) (> {score.value} {_smt(high)}))"
            return [(_valued(score, outside), lambda shown: shown.score is not None and not low <= shown.score <= high)]
        case "denominator":
            return [(encoded.zeros[words], lambda shown: "zero-denominator" in shown.faults) for words in claim.about]
        case _:
            return []


def _asked_of_the_whole(model: Model, claim: RubricClaim, encoder: Encoder) -> list[tuple[str, Test]]:
    low, high = model.total_limits
    match claim.name:
        case "total-within":
            total = encoder.result(model.totals.total)
            outside = f"(or (< {total.value} {_smt(low)}) (> {total.value} {_smt(high)}))"
            return [(_valued(total, outside), lambda shown: shown.score is not None and not low <= shown.score <= high)]
        case "grade-reachable":
            names = [grade.name for grade in model.grades]
            wanted = claim.about[0][0]
            rank = encoder.result(model.totals.grade)
            is_it = f"(= {rank.value} {_smt(Fraction(len(names) - 1 - names.index(wanted)))})"
            return [(_valued(rank, is_it), lambda shown: (wanted, wanted) in shown.taken)]
        case _:
            return []


def _valued(term: Term, what: str) -> str:
    return f"(and (not {term.gap}) (not {term.bad}) {what})"


def _takes(words: tuple[str, str]) -> Test:
    return lambda shown: words in shown.taken


def _smt(value: Fraction) -> str:
    size = f"(/ {abs(value.numerator)}.0 {value.denominator}.0)"
    return f"(- {size})" if value < 0 else size


def _told(model: Model, world: World, claim: RubricClaim, question: Question, answer: Answer) -> Witness | bool | None:
    """Return data that are confirmed, False where there are none for certain, None where nothing is known."""
    if answer.verdict == "no":
        return False
    if answer.verdict == "unknown":
        return None
    data: dict[str, Fraction | str] = {}
    for key, name in question.figures.items():
        grid = world.grids.get(key)
        value = answer.values.get(name if grid is None else f"{name}n", Fraction(0))
        data[key] = value if grid is None else grid.origin + grid.step * value
    for key, (name, options) in question.choices.items():
        data[key] = options[int(answer.values.get(name, Fraction(0)))]
    shown = _run(model.indicators[claim.subject], world, data) if claim.subject else _score(model, data)
    return shown if question.test(shown) else None


def _run(indicator: Indicator, world: World, data: Data) -> Witness:
    checks = checks_on(world.checks, keys_of_program(indicator.program))
    env = filled(indicator.program, world.env, data, Inputs(world.env, world.grids, checks=checks))
    return witness_of(indicator.program, env, run(indicator.program, env))


def _score(model: Model, data: Data) -> Witness:
    """Score whole data; the grade stands among what was taken."""
    texts = {
        owner(key): (UNAVAILABLE if value == UNAVAILABLE else text_of(value) if isinstance(value, Fraction) else value)
        for key, value in data.items()
        if not is_result(key) or value == UNAVAILABLE
    }
    found = score(model, Submission(figures={key: Figure(key, Statement(text)) for key, text in texts.items()}), "")
    grade = found.grade.value or ""
    return Witness(data, found.total.score, None, (), ((grade, grade),))


def _decided(claim: RubricClaim, told: list[Witness | bool | None]) -> RubricClaim:
    """Return a claim with the verdict that the answers give."""
    by_data = claim.name in SHOWN_BY_DATA
    shown = [item for item in told if isinstance(item, Witness)]
    if told and by_data and len(shown) == len(told):
        return _verdict(claim, "proved", shown)
    if by_data and any(item is False for item in told):
        never = [words for words, item in zip(claim.about, told, strict=False) if item is False]
        reason = Text("用不到：" + "；".join(w[0] for w in never), "never: " + "; ".join(w[1] for w in never))
        return replace(claim, verdict="refuted", reason=reason if never else None)
    if not by_data and shown:
        return _verdict(claim, "refuted", shown)
    if not by_data and told and all(item is False for item in told):
        return replace(claim, verdict="proved", reason=None)
    return _still(claim, _NO_ANSWER)


def _verdict(claim: RubricClaim, verdict: ProofVerdict, shown: list[Witness]) -> RubricClaim:
    witnesses = tuple(item.text for item in shown)
    return replace(claim, verdict=verdict, witnesses=witnesses, data=shown[0].texts, reason=None)
