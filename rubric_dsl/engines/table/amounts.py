"""Columns of a table as whole numbers; what is not plainly one is left to the evaluator, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rubric_dsl.inputs.plain import MARKS
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.characters import fold

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_DIGITS = 12
"""A text with more digits before the point is left to the evaluator's reader."""
_WORD = 18
__all__ = ["Numbers", "codes", "numbers", "places_of"]


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column as whole numbers, and where it has none: ``bad`` is None where every row has one."""

    values: np.ndarray[Any, np.dtype[Any]]
    missing: np.ndarray[Any, np.dtype[Any]] | None
    bad: np.ndarray[Any, np.dtype[Any]] | None


def places_of(kind: pa.DataType, usual: int) -> int:
    """Return how many decimals a column's numbers have at most."""
    import pyarrow as pa

    if pa.types.is_integer(kind):
        return 0
    if pa.types.is_decimal(kind):
        return max(0, int(kind.scale))
    return usual


def numbers(column: pa.Array, places: int) -> Numbers:
    """Read a column of whole numbers, decimals or texts as whole numbers of ``10 ** -places``."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.dictionary_decode(), kind.value_type
    missing = None
    if column.null_count:
        missing = pc.is_null(column).to_numpy(zero_copy_only=False)
    if _is_text(kind):
        return _texts(column, places, missing)
    if pa.types.is_uint64(kind):
        values = pc.fill_null(column, 0).to_numpy(zero_copy_only=False)
        bad = values >= np.uint64(2**62)
        return Numbers(np.where(bad, 0, values).astype(np.int64), missing, bad if bad.any() else None)
    if pa.types.is_integer(kind):
        filled = pc.fill_null(column, 0) if column.null_count else column
        return Numbers(filled.to_numpy(zero_copy_only=True), missing, None)
    if pa.types.is_decimal(kind):
        return _decimals(column, missing)
    every = np.ones(len(column), bool)
    return Numbers(np.zeros(len(column), np.int64), missing, every)


def _decimals(column: pa.Array, missing: np.ndarray[Any, np.dtype[Any]] | None) -> Numbers:
    """Reinterpret the buffer; of wide numbers the low word, where the others only continue its sign."""
    import numpy as np
    import pyarrow as pa

    if column.type.scale < 0:
        return Numbers(np.zeros(len(column), np.int64), missing, np.ones(len(column), bool))
    words = column.type.bit_width // 64
    if not words:
        column, words = column.cast(pa.decimal64(_WORD, column.type.scale)), 1
    raw = np.frombuffer(column.buffers()[1], np.int64)[column.offset * words : (column.offset + len(column)) * words]
    grid = raw.reshape(-1, words)
    values = grid[:, 0]
    bad = None
    if words > 1 and column.type.precision > _WORD:
        bad = (grid[:, 1:] != (values >> 63)[:, None]).any(axis=1)
        bad = bad if bad.any() else None
    if missing is not None or bad is not None:
        values = values.copy()
        for out in (missing, bad):
            if out is not None:
                values[out] = 0
    return Numbers(values, missing, bad)


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _texts(column: pa.Array, places: int, missing: np.ndarray[Any, np.dtype[Any]] | None) -> Numbers:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    column = column.cast(pa.string())
    empty = pc.fill_null(pc.equal(column, ""), False).to_numpy(zero_copy_only=False)
    if empty.any():
        missing = empty if missing is None else missing | empty
    tail = "" if not places else f"([.][0-9]{{1,{places}}})?"
    plain = pc.fill_null(pc.match_substring_regex(column, f"^-?[0-9]{{1,{_DIGITS}}}{tail}$"), False)
    taken = plain.to_numpy(zero_copy_only=False)
    column = pc.if_else(plain, column, "0")
    found = column.cast(pa.decimal128(_DIGITS + places + 1, places))
    values = np.frombuffer(found.buffers()[1], np.int64)[2 * found.offset :: 2][: len(found)]
    bad = ~taken if missing is None else ~taken & ~missing
    return Numbers(values, missing, bad if bad.any() else None)


def codes(column: pa.Array, options: tuple[str, ...], *, mark: bool) -> Numbers:
    """Read a choice as the place of its word, by every spelling that single scoring takes."""
    import numpy as np
    import pyarrow as pa

    kind = column.type
    every = np.ones(len(column), bool)
    if pa.types.is_boolean(kind):
        column = column.cast(pa.int8()).cast(pa.string())
        words: dict[str, str] = {"1": "是", "0": "否"}
    elif pa.types.is_dictionary(kind) or _is_text(kind):
        words = {}
    else:
        return Numbers(np.zeros(len(column), np.int64), None, every)
    found = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    folded = {fold(option): place for place, option in enumerate(options)}
    places: np.ndarray[Any, np.dtype[np.int64]] = np.full(
        len(found.dictionary) + 1, -1, np.int8 if len(options) < 2**7 else np.int64
    )
    for index, value in enumerate(found.dictionary.to_pylist()):
        if not isinstance(value, str):
            continue
        word = words.get(value, value).strip()
        word = MARKS.get(word.lower(), word) if mark else word
        places[index] = -2 if not word else folded.get(fold(word), -1)
    places[-1] = -2
    indices = found.indices.fill_null(len(found.dictionary)) if found.indices.null_count else found.indices
    values = places.take(indices.to_numpy(zero_copy_only=False))
    if not found.indices.null_count and not np.any(places[:-1] < 0):
        return Numbers(values, None, None)
    missing, bad = values == -2, values == -1  # noqa: PLR2004 - as set above
    values[values < 0] = 0
    return Numbers(values, missing if missing.any() else None, bad if bad.any() else None)
