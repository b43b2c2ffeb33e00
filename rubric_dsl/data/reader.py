"""Data files and Python mappings to submissions; every fault is reported, none is thrown."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Mapping as PyMapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from rubric_dsl.data.submission import Claim, Figure, Override, Statement, Submission
from rubric_dsl.data.tree import Mapping, Scalar, Sequence, TreeError, Value, read_tree
from rubric_dsl.diagnostics import Diagnostic, Place, Text
from rubric_dsl.numbers import NumberError, exact, parse_number, text_of
from rubric_dsl.source import Source
from rubric_dsl.syntax.characters import fold, twin

TOP_KEYS = {
    "单位": "subject",
    "指标体系": "rubric",
    "年度": "edition",
    "数据": "figures",
    "评定": "ratings",
    "认定": "overrides",
    "自评": "claims",
    "自评总分": "claimed_total",
    "自评等级": "claimed_grade",
}
"""Top-level keys, Chinese and English."""
FIGURE_KEYS = {"值": "value", "来源": "source", "单位": "unit", "备注": "note", "采用": "used", "各来源": "stated"}
"""Keys inside one figure."""
OVERRIDE_KEYS = {"得分": "score", "理由": "reason", "来源": "source"}
"""Keys inside one override."""


def read_submissions(source: Source) -> tuple[tuple[Submission, ...], tuple[Diagnostic, ...]]:
    """Read a data file: one submission (a mapping) or several (a list).

    All independent faults are reported; what could be read is returned with them.
    """
    try:
        tree = read_tree(source)
    except TreeError as error:
        return (), (error.diagnostic,)
    items = tree.items if isinstance(tree, Sequence) else (tree,)
    digest = hashlib.sha256(source.text.encode("utf-8", "surrogatepass")).hexdigest()
    submissions, found = [], []
    for item in items:
        reader = _Reader(source, digest)
        if isinstance(item, Mapping):
            submissions.append(reader.submission(item))
        else:
            reader.fault(
                "not-a-submission",
                Text("这里应是“单位、数据、自评”等项", "expected keys such as subject, figures, claims"),
                item,
            )
        found.extend(reader.found)
    return tuple(submissions), tuple(found)


@dataclass(slots=True)
class _Reader:
    source: Source
    digest: str
    found: list[Diagnostic] = field(default_factory=list)
    figures: dict[str, Figure] = field(default_factory=dict)

    def fault(
        self, code: str, message: Text, at: Value, *, hint: Text | None = None, other: Value | None = None
    ) -> None:
        """Report a fault at a value, with the other end of a conflict."""
        places = [Place(self.source, at.span)] + ([Place(self.source, other.span)] if other is not None else [])
        self.found.append(Diagnostic(code, "error", "data", message, tuple(places), hint=hint))

    def submission(self, tree: Mapping) -> Submission:
        """Read one submission."""
        parts = self.keyed(tree, TOP_KEYS)
        for name in ("figures", "ratings"):
            part = parts.get(name)
            if isinstance(part, Mapping):
                self.flatten(part, "")
            elif part is not None and not (isinstance(part, Scalar) and part.missing):
                self.fault("not-a-table", Text("这里应逐项写“名称: 值”", "expected 'name: value' lines"), part)
        return Submission(
            self.text(parts.get("subject")),
            self.text(parts.get("rubric")),
            self.text(parts.get("edition")),
            self.figures,
            self.overrides(parts.get("overrides")),
            self.claims(parts.get("claims")),
            self.claim(parts.get("claimed_total")),
            self.text(parts.get("claimed_grade")),
            self.digest,
        )

    def keyed(self, tree: Mapping, known: dict[str, str]) -> dict[str, Value]:
        """Return the values by English key; unknown and repeated keys are reported."""
        found: dict[str, Value] = {}
        first: dict[str, Scalar] = {}
        english = set(known.values())
        for key, value in tree.items:
            name = known.get(key.text.strip(), key.text.strip() if key.text.strip() in english else "")
            if not name:
                self.unknown_key(key, known)
            elif name in found:
                self.fault(
                    "duplicate-key",
                    Text(f"“{key.text}”写了两次", f"'{key.text}' is given twice"),
                    key,
                    other=first[name],
                )
            else:
                found[name], first[name] = value, key
        return found

    def unknown_key(self, key: Scalar, known: dict[str, str]) -> None:
        """Report a key that means nothing here."""
        near = difflib.get_close_matches(key.text, [*known, *known.values()], n=1, cutoff=0.4)
        listed = Text("、".join(known), ", ".join(known.values()))
        hint = (
            Text(f"是不是：{near[0]}", f"did you mean: {near[0]}")
            if near
            else Text(f"可以写：{listed.zh}", f"it can be: {listed.en}")
        )
        self.fault("unknown-key", Text(f"不认识“{key.text}”这一项", f"'{key.text}' means nothing here"), key, hint=hint)

    def text(self, value: Value | None) -> str:
        """Return a scalar's text; empty when absent."""
        if isinstance(value, Scalar):
            return "" if value.missing else value.text
        if value is not None:
            self.fault("not-a-text", Text("这里应写一个值", "expected a single value"), value)
        return ""

    def flatten(self, tree: Mapping, row: str) -> None:
        """Read figures; ``row: {column: value}`` becomes ``row[column]``."""
        for key, value in tree.items:
            address = f"{row}[{key.text.strip()}]" if row else key.text.strip()
            if isinstance(value, Scalar):
                self.add(address, self.plain(address, value), key)
            elif isinstance(value, Sequence):
                self.fault("not-a-text", Text(f"“{address}”应写一个值", f"'{address}' takes a single value"), value)
            elif _is_figure(value):
                self.add(address, self.figure(address, value), key)
            elif row:
                self.fault("too-deep", Text(f"“{address}”不能再分层", f"'{address}' cannot hold further levels"), value)
            else:
                self.flatten(value, address)

    def add(self, address: str, figure: Figure | None, key: Scalar) -> None:
        """Keep a figure; given twice it is a fault."""
        if figure is None:
            return
        earlier = next((item for item in (self.figures.get(fold(address)),) if item), None)
        if earlier is not None:
            places = tuple(p for p in (Place(self.source, key.span), earlier.used.place) if p)
            message = Text(f"“{address}”写了两次", f"'{address}' is given twice")
            self.found.append(Diagnostic("value-given-twice", "error", "data", message, places))
            return
        self.figures[fold(address)] = figure

    def plain(self, address: str, value: Scalar, source: str = "") -> Figure | None:
        """Read a bare value; nothing written means missing."""
        return None if value.missing else Figure(address, self.statement(value, source))

    def statement(self, value: Scalar, source: str = "") -> Statement:
        """Read one amount as one source states it."""
        return Statement(" ".join(twin(value.text).split()), source, Place(self.source, value.span))

    def figure(self, address: str, tree: Mapping) -> Figure | None:
        """Read a figure that is written with its source, unit or note."""
        parts = self.keyed(tree, FIGURE_KEYS)
        source, unit, note = (self.text(parts.get(name)) for name in ("source", "unit", "note"))
        stated = parts.get("stated")
        value = parts.get("value")
        if stated is not None and value is not None:
            self.fault(
                "value-given-twice",
                Text(f"“{address}”同时写了值和各来源", f"'{address}' has both a value and stated amounts"),
                value,
                other=stated,
            )
            return None
        if isinstance(stated, Mapping):
            return self.choose(address, stated, self.text(parts.get("used")), unit, note)
        if not isinstance(value, Scalar):
            if value is not None:
                self.fault("not-a-text", Text(f"“{address}”应写一个值", f"'{address}' takes a single value"), value)
            return None
        return None if value.missing else Figure(address, self.statement(value, source), (), unit, note)

    def choose(self, address: str, stated: Mapping, used: str, unit: str, note: str) -> Figure | None:
        """Take the stated amount that is marked as used."""
        amounts = {
            key.text.strip(): self.statement(value, key.text.strip())
            for key, value in stated.items
            if isinstance(value, Scalar) and not value.missing
        }
        if not amounts:
            return None
        if not used and len({amount.text for amount in amounts.values()}) == 1:
            used = next(iter(amounts))
        if used not in amounts:
            listed = "、".join(amounts)
            self.fault(
                "conflict-unresolved",
                Text(
                    f"“{address}”各来源的数不同，没有写明采用哪一个",
                    f"'{address}' is stated differently, and it is not said which is used",
                ),
                stated,
                hint=Text(
                    f"加上一项：采用: {next(iter(amounts))}（可选：{listed}）",
                    f"add: used: {next(iter(amounts))} (one of: {listed})",
                ),
            )
            return None
        others = tuple(amount for name, amount in amounts.items() if name != used)
        return Figure(address, amounts[used], others, unit, note)

    def overrides(self, tree: Value | None) -> dict[str, Override]:
        """Read human decisions; each needs its reason."""
        found: dict[str, Override] = {}
        for key, value in tree.items if isinstance(tree, Mapping) else ():
            if not isinstance(value, Mapping):
                self.fault(
                    "override-without-reason",
                    Text(
                        f"“{key.text}”的认定要写得分和理由", f"the override of '{key.text}' needs a score and a reason"
                    ),
                    key,
                    hint=Text("写作 {得分: 6, 理由: …}", "write {score: 6, reason: …}"),
                )
                continue
            parts = self.keyed(value, OVERRIDE_KEYS)
            score, reason = self.number(parts.get("score"), key), self.text(parts.get("reason")).strip()
            if not reason:
                self.fault(
                    "override-without-reason",
                    Text(f"“{key.text}”的认定没有理由", f"the override of '{key.text}' has no reason"),
                    key,
                )
            elif score is not None:
                name = key.text.strip()
                found[name] = Override(name, score, reason, Place(self.source, key.span))
        return found

    def claims(self, tree: Value | None) -> dict[str, Claim]:
        """Read the department's own scores."""
        if not isinstance(tree, Mapping):
            return {}
        read = {key.text.strip(): self.claim(value) for key, value in tree.items}
        return {name: claim for name, claim in read.items() if claim is not None}

    def claim(self, value: Value | None) -> Claim | None:
        """Read one claimed score; nothing written means no claim."""
        if value is None or (isinstance(value, Scalar) and value.missing):
            return None
        score = self.number(value, value)
        return None if score is None else Claim(score, Place(self.source, value.span))

    def number(self, value: Value | None, at: Value) -> Fraction | None:
        """Read a number; a fault is reported."""
        if isinstance(value, Scalar):
            try:
                return parse_number(twin(value.text).removesuffix("分"))
            except NumberError:
                pass
        shown = value.text[:40] if isinstance(value, Scalar) else ""
        self.fault("not-a-number", Text(f"“{shown}”不是数字", f"'{shown}' is not a number"), value or at)
        return None


def _is_figure(tree: Mapping) -> bool:
    """Whether a mapping describes one figure (else it is a row with its columns)."""
    reserved = {*FIGURE_KEYS, *FIGURE_KEYS.values()}
    return any(key.text.strip() in {"值", "value", "各来源", "stated"} for key, _ in tree.items) or all(
        key.text.strip() in reserved for key, _ in tree.items
    )


def submission_from(values: PyMapping[str, object], subject: str = "") -> tuple[Submission, tuple[Diagnostic, ...]]:
    """Make a submission from Python values: flat or nested, int, Decimal, Fraction, text; None means missing.

    A float is refused with the reason: a binary float is not the number that was written.
    """
    figures: dict[str, Figure] = {}
    found: list[Diagnostic] = []
    for key, value in values.items():
        if isinstance(value, PyMapping):
            for column, inner in value.items():
                _python_value(f"{key}[{column}]", inner, figures, found)
        else:
            _python_value(str(key), value, figures, found)
    return Submission(subject=subject, figures=figures), tuple(found)


def _python_value(key: str, value: object, figures: dict[str, Figure], found: list[Diagnostic]) -> None:
    if value is None:
        return
    if fold(key) in figures:
        found.append(
            Diagnostic("value-given-twice", "error", "data", Text(f"“{key}”给了两次", f"'{key}' is given twice"))
        )
        return
    if isinstance(value, bool):
        figures[fold(key)] = Figure(key, Statement("是" if value else "否"))
    elif isinstance(value, str):
        figures[fold(key)] = Figure(key, Statement(" ".join(twin(value).split())))
    elif isinstance(value, int | Decimal | Fraction):
        _python_number(key, value, figures, found)
    else:
        found.append(_refused(key, value))


def _python_number(
    key: str, value: int | Decimal | Fraction, figures: dict[str, Figure], found: list[Diagnostic]
) -> None:
    try:
        figures[fold(key)] = Figure(key, Statement(text_of(exact(value))))
    except NumberError:
        message = Text(f"“{key}”的数字太长或不是有限数", f"the number for '{key}' is too long or not finite")
        found.append(Diagnostic("not-a-number", "error", "data", message))


def _refused(key: str, value: object) -> Diagnostic:
    if isinstance(value, float):
        message = Text(
            f"“{key}”给的是二进制浮点数，不是写下的那个数",
            f"'{key}' was given as a binary float, which is not the number that was written",
        )
        hint = Text('改用 Decimal 或文字，如 "3.60"', 'use Decimal or text, such as "3.60"')
        return Diagnostic("float-refused", "error", "data", message, hint=hint)
    message = Text(f"“{key}”的值不是数字或文字", f"the value of '{key}' is neither a number nor a text")
    return Diagnostic("not-a-number", "error", "data", message)
