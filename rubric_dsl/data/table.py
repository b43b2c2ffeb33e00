"""Tables: each row of a wide one, or all rows of a department in a tall one, as the tree that a YAML file gives."""

from __future__ import annotations

from collections.abc import Iterator

from rubric_dsl.data import table_faults as tell
from rubric_dsl.data.cells import Cell, Row, read_rows
from rubric_dsl.data.columns import ColumnPart, Target, canonical_target, tall_names, target_of
from rubric_dsl.data.draft import Body, SubmissionDraft, value_of
from rubric_dsl.data.faults import Faults
from rubric_dsl.data.tall import tall_rows
from rubric_dsl.data.tree import DataNode, Fields, Scalar
from rubric_dsl.diagnostics import Place
from rubric_dsl.source import Source, Span
from rubric_dsl.syntax.characters import fold


def read_table(source: Source, faults: Faults) -> Iterator[DataNode]:
    """Yield the tree of each submission of a table; a faulty row is reported and does not stop the others.

    Raises:
        StoppedError: a fault after which nothing more can be read; it is among ``faults``.
    """
    rows = (row for row in read_rows(source, faults) if any(cell.text for cell in row))
    header = next(rows, None)
    if header is None:
        faults.add(tell.no_rows(Place(source, Span(0, 0))))
        return
    body = Body(header, faults)
    names = tall_names([cell.text for cell in header])
    count = 0
    for node in _wide(body, rows) if names is None else tall_rows(body, rows, names):
        count += 1
        yield node
    if not count and not faults.any:
        faults.add(tell.no_rows(header[0].place))


def _wide(body: Body, rows: Iterator[Row]) -> Iterator[Fields]:
    """Yield a submission for each row."""
    targets = _targets(body)
    seen: dict[tuple[str, str], Place] = {}
    for row in rows:
        cells = {index: cell for index, cell in body.cells(row).items() if index in targets}
        draft = SubmissionDraft()
        for index, cell in cells.items():
            draft.put(targets[index], value_of(cell, targets[index], body.faults), cell.place, body.faults)
        if cells:
            _once(draft, seen, body.faults)
            yield draft.node()


def _targets(body: Body) -> dict[int, Target]:
    """Return what each named column stands for; of two that stand for the same, the second is reported."""
    targets: dict[int, Target] = {}
    first: dict[tuple[ColumnPart, str], Cell] = {}
    for index, cell in enumerate(body.header):
        if not cell.text:
            continue
        target = canonical_target(target_of(cell.text))
        earlier = first.setdefault(target.identity, cell)
        if earlier is cell:
            targets[index] = target
        else:
            body.faults.add(tell.duplicate_column(cell.text, earlier.place, cell.place))
    return targets


def _once(draft: SubmissionDraft, seen: dict[tuple[str, str], Place], faults: Faults) -> None:
    """Report a department that already has a row for the same edition."""
    subject, edition = _word(draft, "subject"), _word(draft, "edition")
    if subject is None or subject.place is None:
        return
    key = (fold(subject.text), edition.text if edition is not None else "")
    earlier = seen.setdefault(key, subject.place)
    if earlier is not subject.place:
        faults.add(tell.subject_twice(subject.text, earlier, subject.place))


def _word(draft: SubmissionDraft, part: ColumnPart) -> Scalar | None:
    entry = draft.parts.get((part, ""))
    return entry.value if entry is not None and isinstance(entry.value, Scalar) else None
