"""Read submissions from YAML, JSON and CSV texts, and from Python values; all faults in one run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from hashlib import sha256
from pathlib import PurePath

from rubric_dsl.data import faults as say
from rubric_dsl.data.faults import Faults, StoppedError
from rubric_dsl.data.figures import FigureReader, plain_number
from rubric_dsl.data.keys import KEYS, OVERRIDE_KEYS, REFINEMENT_KEYS, Pairs, english_names
from rubric_dsl.data.submission import Claim, Figure, Override, Refinement, Submission, Submissions
from rubric_dsl.data.tree import DataNode, Entry, Fields, Items, Scalar, places_in
from rubric_dsl.diagnostics import Diagnostic, Place, Text
from rubric_dsl.formulas.cohorts import Group
from rubric_dsl.numbers import NumberError, parse_number
from rubric_dsl.records import dataclass
from rubric_dsl.source import Source, Span

_TEXT = Text("一段文字", "a text")
_NUMBER = Text("一个数", "a number")
_FIELDS = Text("下面缩进写“名称: 值”，每行一个", "lines 'name: value', indented below it")
_OVERRIDE = Text("“得分”和“理由”各一行", "a line each for score and reason")
_VALUES = Text("一列数，如 [90, 85.5, 88]", "a list of numbers, as [90, 85.5, 88]")
_REFINEMENT = Text("“分值”和“得分”各一行", "a line each for points and score")
_SUBMISSION = Text(
    "“单位”“数据”等各项；冒号用半角，后面空一格", "items such as subject and figures, with ':' and a space"
)


def read_submissions(source: Source) -> tuple[tuple[Submission, ...], tuple[Diagnostic, ...]]:
    """Read the one submission, or several, that a text holds; faults are returned, never raised.

    A name ending in ``.json``, ``.yaml`` or ``.csv`` (``.tsv``) says how it is read. Of any other name, and on standard
    input (``-``), a text whose first line has a separator and no colon is a table, on standard input one that begins
    with ``{`` or ``[`` is JSON, and all else is YAML. What can be read is returned even when there are faults.
    """
    faults = Faults()
    found = tuple(submission for submission, _ in _read(source, faults))
    return found, faults.result()


def submissions_in(source: Source) -> Submissions:
    """Read what :func:`read_submissions` reads; each submission has what is wrong with it."""
    faults = Faults()
    found = list(_read(source, faults))
    diagnostics = faults.result()
    if not diagnostics:
        return Submissions(tuple(submission for submission, _ in found))
    owners = [_Lines(node) for _, node in found]
    own: list[list[Diagnostic]] = [[] for _ in found]
    for item in diagnostics:
        for index in _owners(item, owners):
            own[index].append(item)
    return Submissions(
        tuple(replace(submission, faults=tuple(each)) for (submission, _), each in zip(found, own, strict=True)),
        diagnostics,
    )


def _read(source: Source, faults: Faults) -> Iterator[tuple[Submission, DataNode]]:
    """Yield each submission that can be read, with its tree."""
    digest = sha256(source.text.encode("utf-8", "surrogatepass")).hexdigest()
    try:
        for node in _nodes(source, faults):
            submission = _submission(node, digest, faults)
            if submission is not None:
                yield submission, node
    except StoppedError:
        pass  # the reason is among the faults, and what was read before it counts


class _Lines:
    """The lines that a submission stands on: a stretch of them, or the rows of its department in a table."""

    def __init__(self, node: DataNode) -> None:
        places = [node.place] if node.place is not None else list(places_in(node))
        self._lines = {line for place in places for line in _lines(place)}
        self.first = min(self._lines, default=1)

    def hold(self, place: Place) -> bool:
        """Whether a place is on one of the lines."""
        return place.line in self._lines


def _lines(place: Place) -> range:
    (first, _), (last, _) = place.source.corners(place.span)
    return range(first, last + 1)


def _owners(item: Diagnostic, owners: Sequence[_Lines]) -> Iterable[int]:
    """Return whose fault it is: of the submissions on its line; of all, where it has no place or is before the first."""
    place = item.places[0] if item.places else None
    first = min((each.first for each in owners), default=1)
    if place is None or place.line < first:
        return range(len(owners))
    return [index for index, each in enumerate(owners) if each.hold(place)]


def _nodes(source: Source, faults: Faults) -> Iterable[DataNode]:
    """Return the tree of each submission of a text, of a table one after the other.

    Raises:
        StoppedError: a fault after which nothing more can be read; it is among ``faults``.
    """
    ending = PurePath(source.name).suffix.casefold()
    text = source.text.lstrip("\ufeff \t\r\n")
    json = ending == ".json" or (source.name == "-" and text.startswith(("{", "[")))
    named = json or ending in (".yaml", ".yml")
    if ending in (".csv", ".tsv") or (not named and _looks_like_table(source)):
        from rubric_dsl.data.table import read_table

        return read_table(source, faults)
    root = _root(source, faults, json=json)
    if root is None or (isinstance(root, Scalar) and root.is_empty) or (isinstance(root, Items) and not root.items):
        faults.add(say.empty_file(Place(source, Span(0, 0))))
        return ()
    return root.items if isinstance(root, Items) else (root,)


def _looks_like_table(source: Source) -> bool:
    from rubric_dsl.data.cells import looks_like_table

    return looks_like_table(source.text)


def _root(source: Source, faults: Faults, *, json: bool) -> DataNode | None:
    # Each format's reader is imported when a text is in it: most runs read one.
    if json:
        from rubric_dsl.data.json_text import parse_json

        return parse_json(source, faults)
    from rubric_dsl.data.yaml_text import parse_yaml

    return parse_yaml(source, faults)


def submission_from(
    values: Mapping[str, object], subject: str = "", *, whole: bool = False
) -> tuple[Submission, tuple[Diagnostic, ...]]:
    """Build a submission from Python values; faults are returned, never raised.

    They are the figures, flat or nested, or a ``whole`` submission under the keys that a file has. Values are int,
    Decimal, Fraction, text, bool (是 or 否) or None (missing). Floats are refused: they are rarely the number that was
    written.
    """
    from rubric_dsl.data.values import parse_values

    faults = Faults()
    found: Submission | None = None
    try:
        root = parse_values(values, faults)
    except StoppedError:
        root = None
    if root is not None and whole:
        found = _submission(root, "", faults)
    elif root is not None:
        reader = FigureReader(faults)
        reader.read(root)
        found = Submission(subject, figures=reader.figures)
    return found or Submission(subject), faults.result()


def submission_of(node: DataNode, faults: Faults) -> Submission | None:
    """Read a submission from a tree; what is wrong with it is kept among ``faults``."""
    return _submission(node, "", faults)


def _submission(node: DataNode, digest: str, faults: Faults) -> Submission | None:
    if not isinstance(node, Fields):
        if isinstance(node, Scalar | Items):
            what = Text("这一份数据", "this submission")
            faults.add(say.wrong_shape(what, _SUBMISSION, node.place))
        return None
    part = _Parts(_known(node, KEYS, faults), faults)
    total = part.number("claimed_total")
    return Submission(
        subject=part.text("subject"),
        rubric=part.text("rubric"),
        edition=part.text("edition"),
        figures=part.figures(),
        overrides=part.overrides(),
        claims=part.claims(),
        claimed_total=Claim(*total) if total is not None else None,
        claimed_grade=part.text("claimed_grade"),
        sha256=digest,
        cohort=part.cohort(),
        refinements=part.refinements(),
    )


def _known(node: Fields, keys: Pairs, faults: Faults) -> dict[str, Entry]:
    """Return the entries by their English names; report unknown ones and one given in both languages."""
    english = english_names(keys)
    found: dict[str, Entry] = {}
    for key, entry in node.entries.items():
        name = english.get(key)
        if name is None:
            faults.add_unknown(entry.key.text, keys, entry.key.place)
        elif name in found:
            faults.add(say.duplicate_key(key, found[name].key.place, entry.key.place))
        else:
            found[name] = entry
    return found


@dataclass(frozen=True, slots=True)
class _Parts:
    """The known entries of one mapping, read part by part."""

    entries: Mapping[str, Entry]
    faults: Faults

    def scalar(self, name: str, expected: Text) -> Scalar | None:
        """Return the text that is given, None when it is missing or of another shape (a fault)."""
        entry = self.entries.get(name)
        return self.given(entry, expected) if entry is not None else None

    def given(self, entry: Entry, expected: Text) -> Scalar | None:
        """Return the entry's text, None when it is missing or of another shape (a fault)."""
        if isinstance(entry.value, Scalar):
            return None if entry.value.is_empty else entry.value
        if isinstance(entry.value, Fields | Items):
            self.wrong(entry, expected)
        return None

    def wrong(self, entry: Entry, expected: Text) -> None:
        """Report an entry of the wrong shape, at its name."""
        shown = say.brief(entry.key.text)
        self.faults.add(say.wrong_shape(Text(f"“{shown}”", f"'{shown}'"), expected, entry.key.place))

    def text(self, name: str) -> str:
        """Return a text, empty when missing."""
        scalar = self.scalar(name, _TEXT)
        return scalar.text if scalar is not None else ""

    def number(self, name: str) -> tuple[Fraction, Place | None] | None:
        """Return a number and its place."""
        entry = self.entries.get(name)
        return self.number_of(entry) if entry is not None else None

    def number_of(self, entry: Entry, name: str = "") -> tuple[Fraction, Place | None] | None:
        """Return the entry's number and place; None when missing or no number (a fault)."""
        scalar = self.given(entry, _NUMBER)
        if scalar is None:
            return None
        try:
            return parse_number(plain_number(scalar.text).removesuffix("分")), scalar.place
        except NumberError:
            self.faults.add(say.not_a_number(name or entry.key.text, scalar.text, scalar.place))
            return None

    def members(self, name: str) -> Mapping[str, Entry]:
        """Return the entries below ``name``; none when missing or of another shape (a fault)."""
        entry = self.entries.get(name)
        if entry is None:
            return {}
        if isinstance(entry.value, Fields):
            return entry.value.entries
        if isinstance(entry.value, Items) or (isinstance(entry.value, Scalar) and not entry.value.is_empty):
            self.wrong(entry, _FIELDS)
        return {}

    def figures(self) -> Mapping[str, Figure]:
        """Return the figures, the ratings and the reference data, flattened."""
        reader = FigureReader(self.faults)
        for name in ("figures", "ratings", "reference"):
            members = self.members(name)
            if members:
                reader.read(Fields(members))
        return reader.figures

    def cohort(self) -> dict[str, Group]:
        """Return the values of the whole group, by figure."""
        found: dict[str, Group] = {}
        for entry in self.members("cohort").values():
            if not isinstance(entry.value, Items):
                self.wrong(entry, _VALUES)
                continue
            values = [self.amount(node, entry.key.text) for node in entry.value.items]
            found[entry.key.text] = Group(value for value in values if value is not None)
        return found

    def amount(self, node: DataNode, name: str) -> Fraction | None:
        """Return one number of a list; None, with a fault, where it is none."""
        if not isinstance(node, Scalar) or node.is_empty:
            if isinstance(node, Scalar | Items):
                self.faults.add(say.not_a_number(name, "", node.place))
            return None
        try:
            return parse_number(plain_number(node.text))
        except NumberError:
            self.faults.add(say.not_a_number(name, node.text, node.place))
            return None

    def refinements(self) -> dict[str, tuple[Refinement, ...]]:
        """Return the department's own indicators below official ones: name, points and score."""
        found: dict[str, tuple[Refinement, ...]] = {}
        for entry in self.members("refinements").values():
            if not isinstance(entry.value, Fields):
                self.wrong(entry, _FIELDS)
                continue
            parts = [self._refinement(own) for own in entry.value.entries.values()]
            found[entry.key.text] = tuple(part for part in parts if part is not None)
        return found

    def _refinement(self, entry: Entry) -> Refinement | None:
        if not isinstance(entry.value, Fields):
            self.wrong(entry, _REFINEMENT)
            return None
        part = _Parts(_known(entry.value, REFINEMENT_KEYS, self.faults), self.faults)
        points, score = part.number_for("points", entry.key.text), part.number_for("score", entry.key.text)
        if points is None:
            self.wrong(entry, _REFINEMENT)
            return None
        return Refinement(entry.key.text, points[0], score[0] if score is not None else None, entry.key.place)

    def claims(self) -> dict[str, Claim]:
        """Return the department's own scores."""
        numbers = {entry.key.text: self.number_of(entry) for entry in self.members("claims").values()}
        return {key: Claim(*number) for key, number in numbers.items() if number is not None}

    def overrides(self) -> dict[str, Override]:
        """Return the overrides that have both score and reason."""
        found = {entry.key.text: self._override(entry.key.text, entry) for entry in self.members("overrides").values()}
        return {key: override for key, override in found.items() if override is not None}

    def _override(self, name: str, entry: Entry) -> Override | None:
        if not isinstance(entry.value, Fields):
            if isinstance(entry.value, Items) or (isinstance(entry.value, Scalar) and not entry.value.is_empty):
                self.wrong(entry, _OVERRIDE)
            return None
        part = _Parts(_known(entry.value, OVERRIDE_KEYS, self.faults), self.faults)
        number, reason = part.number_for("score", name), part.text("reason")
        part.required("score", "override-without-score", entry.key)
        part.required("reason", "override-without-reason", entry.key)
        if number is None or not reason:
            return None
        return Override(name, number[0], reason, entry.key.place, part.text("source"))

    def number_for(self, name: str, owner: str) -> tuple[Fraction, Place | None] | None:
        """Return a number that belongs to ``owner``, which a fault names."""
        entry = self.entries.get(name)
        return self.number_of(entry, owner) if entry is not None else None

    def required(self, name: str, code: str, owner: Scalar) -> None:
        """Report a part that is left out or empty; one of the wrong shape has its own fault."""
        entry = self.entries.get(name)
        if entry is None or (isinstance(entry.value, Scalar) and entry.value.is_empty):
            part = {"score": Text("得分", "score"), "reason": Text("理由", "reason")}[name]
            self.faults.add(say.override_without(part, code, owner.text, owner.place))
