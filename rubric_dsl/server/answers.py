"""What the service answers to each question: plain data in, a status and JSON out. Runs in a worker process."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from rubric_dsl.api import Rubric
from rubric_dsl.codes import codes, page
from rubric_dsl.data.submission import Submission
from rubric_dsl.diagnostics import Diagnostic, Lang, RubricError, Text
from rubric_dsl.evaluate.as_json import Json, diagnostic_json, json_text, result_json
from rubric_dsl.evaluate.result import Result
from rubric_dsl.loading import check_source
from rubric_dsl.nearest import did_you_mean
from rubric_dsl.numbers import NumberError, parse_number, text_of
from rubric_dsl.reading import read_submissions
from rubric_dsl.server.endpoints import BODY
from rubric_dsl.server.library import Entry, Library, UnknownRubricError
from rubric_dsl.server.openapi import document
from rubric_dsl.source import Source, UnreadableError, decode

JSON, HTML = "application/json", "text/html; charset=utf-8"


class Question(NamedTuple):
    """A request: what is asked, of which rubric, in which language, with which options, and the body's type and bytes."""

    verb: str
    name: str
    lang: Lang
    options: dict[str, str]
    kind: str
    body: bytes


class Answer(NamedTuple):
    """A response: the status, the body's type and its text."""

    status: int
    kind: str
    text: str


class RefusedError(Exception):
    """A question that is not answered: the status, why, and what was found wrong with what was sent."""

    def __init__(self, status: int, code: str, message: Text, found: tuple[Diagnostic, ...] = ()) -> None:
        super().__init__(message.en)
        self.status: int = status
        self.code: str = code
        self.message: Text = message
        self.found: tuple[Diagnostic, ...] = found


def answer(folder: str, question: Question) -> Answer:
    """Answer a question over the rubrics of a folder; a fault of the request is an answer too."""
    try:
        return _ANSWERS[question.verb](_library(folder), question)
    except RefusedError as error:
        return problem(error.status, error.code, error.message, question.lang, error.found)
    except UnknownRubricError as error:
        return problem(409 if error.several else 404, "unknown-rubric", error.message, question.lang)


def problem(status: int, code: str, message: Text, lang: Lang, found: tuple[Diagnostic, ...] = ()) -> Answer:
    """Return the answer to a request that could not be served."""
    shown = {"code": code, "message": message.to(lang)}
    return _json({"error": shown, "diagnostics": _diagnostics(found, lang)}, status)


@lru_cache(maxsize=4)
def _library(folder: str) -> Library:
    return Library(Path(folder))


def _json(value: object, status: int = 200) -> Answer:
    return Answer(status, JSON, json_text(value))


def _diagnostics(found: tuple[Diagnostic, ...], lang: Lang) -> list[Json]:
    return [diagnostic_json(item, lang, folder=False) for item in found]


def _rubric(library: Library, asked: Question) -> Rubric:
    rubric = library.rubric(asked.name, asked.options.get("edition"))
    reading = asked.options.get("reading")
    if not reading:
        return rubric
    try:
        return rubric.with_reading(reading)
    except RubricError as error:
        raise RefusedError(400, "unknown-reading", error.diagnostics[0].message, error.diagnostics) from None


def _rubrics(library: Library, asked: Question) -> Answer:
    return _json([_entry(entry, asked.lang) for entry in library.entries()])


def _entry(entry: Entry, lang: Lang) -> Json:
    rubric = entry.rubric
    return {
        "file": entry.file,
        "name": rubric.name if rubric else None,
        "edition": rubric.edition if rubric else None,
        "sha256": rubric.sha256 if rubric else None,
        "usable": rubric is not None,
        "unreadable": entry.unreadable or None,
        "diagnostics": _diagnostics(entry.found, lang),
    }


def _about(library: Library, asked: Question) -> Answer:
    rubric = _rubric(library, asked)
    return _json(
        {
            "name": rubric.name,
            "edition": rubric.edition,
            "sha256": rubric.sha256,
            "language": rubric.language,
            "points": text_of(rubric.points),
            "readings": list(rubric.readings),
            "grades": [grade.name for grade in rubric.model.grades],
            "indicators": [
                {
                    "name": item.name,
                    "path": list(item.path),
                    "points": text_of(item.points),
                    "wording": item.wording or None,
                    "note": item.note or None,
                }
                for item in rubric.indicators.values()
            ],
            "decisions": [{"text": made.text, "reason": made.reason} for made in rubric.decisions],
            "diagnostics": _diagnostics(rubric.diagnostics, asked.lang),
        }
    )


def _schema(library: Library, asked: Question) -> Answer:
    return _json(_rubric(library, asked).schema(asked.lang, of="file"))


def _blank(library: Library, asked: Question) -> Answer:
    rubric = _rubric(library, asked)
    match asked.options.get("format", "json"):
        case "json":
            return Answer(200, JSON, rubric.blank("json", asked.lang))
        case "yaml":
            return Answer(200, "application/yaml", rubric.blank("yaml", asked.lang))
        case _:
            return Answer(200, "text/csv; charset=utf-8", rubric.blank("csv", asked.lang))


class Given(NamedTuple):
    """What was sent to be scored: the submissions with their results, and whether it was a list."""

    submissions: tuple[Submission, ...]
    results: tuple[Result, ...]
    several: bool


def _given(rubric: Rubric, asked: Question) -> Given:
    """Read and score the body. A figure that is not there is no fault; one that cannot be read is refused."""
    text = _text(asked)
    read = read_submissions(Source(BODY[asked.kind], text))
    submissions, results = read.items, rubric.score_all(read.items)
    told = (*read.diagnostics, *(item for result in results for item in result.diagnostics))
    faults = tuple(dict.fromkeys(told))
    if any(item.is_error for item in faults):
        raise RefusedError(422, "data-faults", Text("数据有问题", "the data have faults"), faults)
    listed = asked.kind == "text/csv" or text.lstrip("\ufeff \t\r\n").startswith(("[", "-"))
    return Given(submissions, results, several=len(submissions) > 1 or listed)


def _text(asked: Question) -> str:
    try:
        return decode(asked.body, "body")
    except UnreadableError as error:
        words = Text("不是能读的文字", "it is no text that can be read")
        raise RefusedError(415 if error.reason != "too-large" else 413, error.reason, words) from None


def _one_or_all(shown: list[Any], given: Given) -> Answer:
    return _json(shown if given.several else shown[0])


def _score(library: Library, asked: Question) -> Answer:
    given = _given(_rubric(library, asked), asked)
    return _one_or_all([result_json(result, asked.lang) for result in given.results], given)


def _explain(library: Library, asked: Question) -> Answer:
    from rubric_dsl.report.explained import entry_json
    from rubric_dsl.report.page.html import html
    from rubric_dsl.report.page.markdown import markdown
    from rubric_dsl.report.page.notice import notice
    from rubric_dsl.review.curve import Curves

    rubric = _rubric(library, asked)
    given = _given(rubric, asked)
    names = (
        [_indicator(rubric, asked.options["indicator"])] if "indicator" in asked.options else list(rubric.indicators)
    )
    curves = Curves(rubric.model)
    notices = [notice(rubric.model, result, asked.lang, names, curves) for result in given.results]
    match asked.options.get("format", "json"):
        case "html":
            return Answer(200, HTML, html(notices, asked.lang))
        case "markdown":
            return Answer(200, "text/markdown; charset=utf-8", markdown(notices, asked.lang))
        case _:
            return _one_or_all([[entry_json(entry, asked.lang) for entry in item.entries] for item in notices], given)


def _indicator(rubric: Rubric, name: str) -> str:
    if name in rubric.indicators:
        return name
    hint = did_you_mean(name, rubric.indicators, cutoff=0.3)
    words = Text(f"没有名为“{name}”的指标{hint.zh}", f"no indicator is called '{name}'{hint.en}")
    raise RefusedError(400, "unknown-indicator", words)


def _audit(library: Library, asked: Question) -> Answer:
    from rubric_dsl.report.audit_json import audit_json

    rubric = _rubric(library, asked)
    given = _given(rubric, asked)
    auditor = rubric.auditor()
    pairs = zip(given.submissions, given.results, strict=True)
    return _one_or_all([audit_json(auditor.audit(*pair), asked.lang) for pair in pairs], given)


def _improve(library: Library, asked: Question) -> Answer:
    from rubric_dsl.report.improve_text import improve_json

    rubric = _rubric(library, asked)
    given = _given(rubric, asked)
    if len(given.submissions) != 1:
        words = Text(
            f"要一份数据，这里有 {len(given.submissions)} 份",
            f"expected one submission, found {len(given.submissions)}",
        )
        raise RefusedError(422, "one-submission", words)
    (submission,), (result,) = given.submissions, given.results
    names = [_indicator(rubric, asked.options["indicator"])] if "indicator" in asked.options else []
    goal = _goal(rubric, asked.options["goal"]) if "goal" in asked.options else None
    improver = rubric.improver()
    proposals = improver.proposals(submission, result, names)
    near = improver.margins(submission, result, names)
    plan = None if goal is None else improver.plan(submission, result, goal)
    return _json(improve_json(result, proposals, near, improver.waiting(result), plan))


def _goal(rubric: Rubric, text: str) -> Fraction | str:
    grades = [grade.name for grade in rubric.model.grades]
    if text in grades:
        return text
    try:
        return parse_number(text)
    except NumberError:
        listed = (
            Text(f"；等级有：{'、'.join(grades)}", f"; the grades are: {', '.join(grades)}") if grades else Text("", "")
        )
        words = Text(f"“{text}”不是分数，也不是等级{listed.zh}", f"'{text}' is neither a score nor a grade{listed.en}")
        raise RefusedError(400, "goal", words) from None


def _readings(library: Library, asked: Question) -> Answer:
    from rubric_dsl.report.readings_text import readings_json

    rubric = _rubric(library, asked)
    given = _given(rubric, asked)
    under = rubric.under_readings()
    by_reading = {name: other.score_all(given.submissions) for name, other in under.items()}
    return _one_or_all(list(readings_json(by_reading)), given)


def _verify(library: Library, asked: Question) -> Answer:
    from rubric_dsl.report.verify_json import verify_json

    rubric = _rubric(library, asked)
    return _json(verify_json(rubric.model, rubric.verify(), asked.lang))


def _check(_: Library, asked: Question) -> Answer:
    """Check a rubric's text. It is not looked for in the folder, so an edition that it inherits from is not found."""
    rubric, found = check_source(Source("body.rubric", _text(asked)))
    return _json({"usable": rubric is not None, "diagnostics": _diagnostics(found, asked.lang)})


def _openapi(library: Library, asked: Question) -> Answer:
    """Describe the service; where a rubric is named, for that rubric alone, with its own schema of data."""
    rubric = (
        library.rubric(asked.options["rubric"], asked.options.get("edition")) if "rubric" in asked.options else None
    )
    return _json(document(asked.lang, rubric, token=bool(asked.kind)))


def _code(_: Library, asked: Question) -> Answer:
    found = page(asked.name, asked.lang)
    if found is None:
        hint = did_you_mean(asked.name, codes(), cutoff=0.4)
        words = Text(f"没有诊断代码 {asked.name}{hint.zh}", f"there is no diagnostic code {asked.name}{hint.en}")
        raise RefusedError(404, "unknown-code", words)
    parts = dict(zip(("checks", "matters", "example", "instead"), found.parts, strict=True))
    return _json({"code": asked.name, **parts, "page": found.markdown()})


_ANSWERS: dict[str, Callable[[Library, Question], Answer]] = {
    "rubrics": _rubrics,
    "about": _about,
    "schema": _schema,
    "blank": _blank,
    "score": _score,
    "explain": _explain,
    "audit": _audit,
    "improve": _improve,
    "readings": _readings,
    "verify": _verify,
    "check": _check,
    "code": _code,
    "openapi": _openapi,
}

__all__ = ["HTML", "JSON", "Answer", "Question", "answer", "problem"]
