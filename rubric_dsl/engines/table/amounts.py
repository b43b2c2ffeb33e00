"""Columns of a table as whole numbers; what is not plainly one is left to the evaluator, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rubric_dsl.inputs.plain import MOST_DIGITS, TRUTH, is_unavailable, number_pattern, option_of
from rubric_dsl.records import dataclass

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Array = np.ndarray[Any, np.dtype[Any]]

MOST_PLACES = 12
"""A text with more decimals is left to the evaluator's reader."""
_WORD = 18
__all__ = ["MOST_PLACES", "FinerError", "Numbers", "codes", "finest", "numbers", "places_of"]


class FinerError(Exception):
    """A column of texts has numbers with more decimals than were expected."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column as whole numbers, and where it has none: each of the others is None where it holds of no row.

    ``bad`` are all rows that cannot be read plainly, ``fine`` those of them with more than :data:`MOST_PLACES`
    decimals. Where a figure is stated to be ``unavailable`` its number has no meaning.
    """

    values: Array
    missing: Array | None = None
    bad: Array | None = None
    fine: Array | None = None
    unavailable: Array | None = None


def places_of(kind: pa.DataType, usual: int) -> int:
    """Return how many decimals a column's numbers have at most."""
    import pyarrow as pa

    if pa.types.is_integer(kind):
        return 0
    if pa.types.is_decimal(kind):
        return max(0, int(kind.scale))
    return usual


def numbers(column: pa.Array, places: int, *, nullable: bool = False, finer: bool = False) -> Numbers:
    """Read a column of whole numbers, decimals or texts as whole numbers of ``10 ** -places``.

    Raises:
        FinerError: it has texts with more places, and ``finer`` says that they are wanted.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.dictionary_decode(), kind.value_type
    missing = None
    if column.null_count:
        missing = pc.is_null(column).to_numpy(zero_copy_only=False)
    if is_text(kind):
        return _texts(column.cast(pa.string()), places, missing, nullable=nullable, finer=finer)
    if pa.types.is_uint64(kind):
        values = pc.fill_null(column, 0).to_numpy(zero_copy_only=False)
        bad = values >= np.uint64(2**62)
        return Numbers(np.where(bad, 0, values).astype(np.int64), missing, _some(bad))
    if pa.types.is_integer(kind):
        filled = pc.fill_null(column, 0) if column.null_count else column
        return Numbers(filled.to_numpy(zero_copy_only=True), missing)
    if pa.types.is_decimal(kind):
        return _decimals(column, missing)
    return Numbers(np.zeros(len(column), np.int64), missing, np.ones(len(column), bool))


def _decimals(column: pa.Array, missing: Array | None) -> Numbers:
    """Reinterpret the buffer; of wide numbers the low word, where the others only continue its sign."""
    import numpy as np
    import pyarrow as pa

    if column.type.scale < 0:
        return Numbers(np.zeros(len(column), np.int64), missing, np.ones(len(column), bool))
    words = column.type.bit_width // 64
    if not words:
        column, words = column.cast(pa.decimal64(_WORD, column.type.scale)), 1
    values, bad = _words(column, words, whole=column.type.precision <= _WORD)
    if missing is not None or bad is not None:
        values = values.copy()
        for out in (missing, bad):
            if out is not None:
                values[out] = 0
    return Numbers(values, missing, bad)


def _words(column: pa.Array, words: int, *, whole: bool) -> tuple[Array, Array | None]:
    """Return the low words of a column of decimals, and where that is not the number (never where it is ``whole``)."""
    import numpy as np

    raw = np.frombuffer(column.buffers()[1], np.int64)[column.offset * words : (column.offset + len(column)) * words]
    grid = raw.reshape(-1, words)
    values = grid[:, 0]
    if words == 1 or whole:
        return values, None
    return values, _some((grid[:, 1:] != (values >> 63)[:, None]).any(axis=1))


def _some(flags: Array) -> Array | None:
    return flags if flags.any() else None


def is_text(kind: pa.DataType) -> bool:
    """Whether a column holds texts, not kept as a dictionary."""
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _texts(column: pa.Array, places: int, missing: Array | None, *, nullable: bool, finer: bool) -> Numbers:
    import pyarrow as pa
    import pyarrow.compute as pc

    empty = pc.fill_null(pc.equal(column, ""), False).to_numpy(zero_copy_only=False)
    if empty.any():
        missing = empty if missing is None else missing | empty
    plain = _written(column, f"{{1,{places}}}" if places else "")
    taken = plain.to_numpy(zero_copy_only=False)
    unavailable = bad = fine = None
    rest = ~taken if missing is None else ~taken & ~missing
    if rest.any():
        if finer and places < MOST_PLACES and finest(column) > places:
            raise FinerError
        if nullable:
            unavailable = _some(_unavailable(column) & rest)
            rest = rest if unavailable is None else rest & ~unavailable
        fine = _some(_written(column, f"{{{MOST_PLACES + 1},}}").to_numpy(zero_copy_only=False) & rest)
        bad = _some(rest)
    found = pc.if_else(plain, column, "0").cast(pa.decimal128(MOST_DIGITS + places + 1, places))
    values, great = _words(found, 2, whole=MOST_DIGITS + places <= _WORD)
    if great is not None:
        bad = great if bad is None else bad | great
    return Numbers(values, missing, bad, fine, unavailable)


def _written(column: pa.Array, decimals: str) -> pa.Array:
    """Return which texts are plain numbers with so many decimals, or with none."""
    import pyarrow.compute as pc

    return pc.fill_null(pc.match_substring_regex(column, f"^{number_pattern(decimals)}$"), False)


def finest(column: pa.Array) -> int:
    """Return how many decimals the plain numbers of a column of texts have at most; 0 of any other column."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if not is_text(column.type):
        return 0
    column = column.cast(pa.string())
    point = pc.find_substring(column, ".")
    places = pc.if_else(pc.equal(point, -1), 0, pc.subtract(pc.subtract(pc.binary_length(column), point), 1))
    if not pc.max(places).as_py():
        return 0
    return int(pc.max(pc.filter(places, _written(column, f"{{1,{MOST_PLACES}}}"))).as_py() or 0)


def _unavailable(column: pa.Array) -> Array:
    """Return where a figure is stated not to be had."""
    import numpy as np

    found = column.dictionary_encode()
    told = [is_unavailable(word) for word in found.dictionary.to_pylist()]
    flags = np.array([*told, False], bool)
    own: Array = flags.take(found.indices.fill_null(len(told)).to_numpy(zero_copy_only=False))
    return own


def codes(column: pa.Array, options: tuple[str, ...], *, mark: bool) -> Numbers:
    """Read a choice as the place of its word, by every spelling that single scoring takes."""
    import numpy as np
    import pyarrow as pa

    kind = column.type
    every = np.ones(len(column), bool)
    if pa.types.is_boolean(kind):
        column = column.cast(pa.int8()).cast(pa.string())
        words = {"1": TRUTH[True], "0": TRUTH[False]}
    elif pa.types.is_dictionary(kind) or is_text(kind):
        words = {}
    else:
        return Numbers(np.zeros(len(column), np.int64), None, every)
    found = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    places: Array = np.full(len(found.dictionary) + 1, -1, np.int8 if len(options) < 2**7 else np.int64)
    for index, value in enumerate(found.dictionary.to_pylist()):
        if not isinstance(value, str):
            continue
        word = words.get(value, value).strip()
        place = option_of(word, options, mark=mark)
        places[index] = -2 if not word else -1 if place is None else place
    places[-1] = -2
    indices = found.indices.fill_null(len(found.dictionary)) if found.indices.null_count else found.indices
    values = places.take(indices.to_numpy(zero_copy_only=False))
    if not found.indices.null_count and not np.any(places[:-1] < 0):
        return Numbers(values)
    missing, bad = values == -2, values == -1  # noqa: PLR2004 - as set above
    values[values < 0] = 0
    return Numbers(values, _some(missing), _some(bad))
