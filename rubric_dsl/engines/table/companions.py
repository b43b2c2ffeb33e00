"""Columns beside a figure's that say where it is unavailable: a typed column has no place for a word."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from rubric_dsl.data.columns import Target, canonical_target, target_of
from rubric_dsl.engines.table.amounts import is_text
from rubric_dsl.engines.table.sources import Table
from rubric_dsl.inputs.asked import asked_of
from rubric_dsl.inputs.plain import UNAVAILABLE_WORD
from rubric_dsl.model.model import Model
from rubric_dsl.syntax.characters import fold

if TYPE_CHECKING:
    import pyarrow as pa

ENDINGS = (".无数据", ".unavailable")
"""How the name of such a column of truth values ends, after the name of the figure's column."""


def with_companions(table: Table, model: Model, keep: Collection[str] = ()) -> Table:
    """Return a table in which a figure's own column, as text, says where the figure is unavailable.

    A column ``ADDRESS.无数据`` of truth values is taken into the column ``ADDRESS`` of a figure that may be unavailable; it stays
    where it is among those to ``keep``. Where a row states a number and that there is none, the text holds both, and is no number.
    """
    import pyarrow as pa

    found = _companions(table.schema, model)
    if not found:
        return table
    places = {canonical_target(target_of(name)).identity: index for index, name in enumerate(table.schema.names)}
    whose = {index: places.get(own.identity) for index, own in found.items()}
    flags = {place: index for index, place in whose.items() if place is not None}
    kept = [index for index, name in enumerate(table.schema.names) if index not in found or name in keep]
    alone = [index for index, place in whose.items() if place is None]
    fields = [table.schema.field(index) for index in kept]
    fields = [item.with_type(pa.string()) if index in flags else item for index, item in zip(kept, fields, strict=True)]
    schema = pa.schema([*fields, *(pa.field(found[index].name, pa.string()) for index in alone)])

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in table.batches():
            columns = [
                _told(batch.column(index), batch.column(flags[index])) if index in flags else batch.column(index)
                for index in kept
            ]
            columns += [_told(pa.nulls(batch.num_rows, pa.string()), batch.column(index)) for index in alone]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)

    return Table(schema, batches, table.rows)


def _companions(schema: pa.Schema, model: Model) -> Mapping[int, Target]:
    """Return the columns that say where a figure is unavailable, by their places, with the figure."""
    import pyarrow as pa

    asked = asked_of(model)
    known = {fold(key) for key in asked}
    nullable = {fold(key) for key, item in asked.items() if item.nullable and item.given and not item.options}
    targets = [canonical_target(target_of(name)) for name in schema.names]
    binary = {own.identity for own, item in zip(targets, schema, strict=True) if pa.types.is_floating(item.type)}
    found: dict[int, Target] = {}
    for index, item in enumerate(schema):
        ending = next((own for own in ENDINGS if item.name.endswith(own)), "")
        if not ending or not pa.types.is_boolean(item.type) or fold(targets[index].name) in known:
            continue
        own = canonical_target(target_of(item.name.removesuffix(ending)))
        is_new = own.identity not in (other.identity for other in found.values())
        if own.part == "figures" and fold(own.name) in nullable and is_new and own.identity not in binary:
            found[index] = own
    return found


def _told(column: pa.Array, flags: pa.Array) -> pa.Array:
    """Return a column as text, with the word where a flag is up."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.dictionary_decode(), kind.value_type
    text = column.cast(pa.string())
    if not is_text(kind) and pa.types.is_decimal(kind) and kind.scale > 0:
        text = pc.replace_substring_regex(text, r"(\.[0-9]*[1-9])0+$|\.0+$", r"\1")
    given = pc.if_else(pc.equal(text, ""), None, text)
    both = pc.binary_join_element_wise(given, UNAVAILABLE_WORD, " ", null_handling="skip")
    return pc.if_else(pc.fill_null(flags, False), both, text)
