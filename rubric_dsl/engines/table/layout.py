"""Which column of a table is what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from rubric_dsl.data.columns import Target, canonical_target, target_of
from rubric_dsl.diagnostics import Diagnostic
from rubric_dsl.engines.table import faults as say
from rubric_dsl.engines.table.faults import TableError
from rubric_dsl.inputs.asked import asked_of
from rubric_dsl.model.model import Model
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.characters import fold

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(slots=True)
class Layout:
    """Which column of the table is what.

    Attributes:
        targets: what each column stands for; None where it is not used.
        inputs: the columns of figures, by their key.
        parameters: the columns of what the rubric itself states, by its key: giving it is a fault.
        single: columns that are empty where a row is not the evaluator's.
        kept: the columns that the results have too, with their names there.
        edition: the column of the edition.
        found: what is to be said of the table as a whole.
    """

    targets: list[Target | None]
    inputs: dict[str, int] = field(default_factory=dict)
    parameters: dict[str, int] = field(default_factory=dict)
    single: list[int] = field(default_factory=list)
    kept: list[tuple[str, int]] = field(default_factory=list)
    edition: int | None = None
    found: list[Diagnostic] = field(default_factory=list)


def layout_of(model: Model, schema: pa.Schema, keep: Sequence[str] = ()) -> Layout:
    """Tell the columns of a table apart; those in ``keep`` stand in the results too.

    Raises:
        TableError: the columns cannot be used.
    """
    import pyarrow as pa

    asked = asked_of(model)
    stated = {item.key for item in model.fields.values() if item.parameter}
    known = {fold(key): key for key in (*asked, *stated)}
    layout = Layout([None] * len(schema))
    seen: set[tuple[str, str]] = set()
    wrong: list[Diagnostic] = []
    wrong += [say.no_column(name) for name in keep if name not in schema.names]
    for index, column in enumerate(schema):
        if column.name in keep:
            layout.kept.append((column.name, index))
        target = canonical_target(target_of(column.name))
        if target.identity in seen:
            wrong.append(say.column_twice(column.name))
            continue
        seen.add(target.identity)
        key = known.get(fold(target.name)) if target.part == "figures" else None
        if target.part == "figures" and key is None:
            if column.name not in keep:
                layout.found.append(say.unknown_column(column.name))
            continue
        if pa.types.is_floating(column.type):
            wrong.append(say.float_column(column.name))
            continue
        layout.targets[index] = target
        if target.part == "subject":
            layout.kept.insert(0, ("subject", index))
        elif target.part == "edition":
            layout.edition = index
        elif key in stated:
            layout.parameters[key] = index
        elif key is not None and asked[key].given:
            layout.inputs[key] = index
        elif target.part in ("figures", "score", "reason", "source"):
            layout.single.append(index)
    if wrong:
        raise TableError(*wrong)
    return layout
