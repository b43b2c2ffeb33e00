"""The build hook: makes the grammar's tables and puts them beside the grammar, for the wheel and for an editable install."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class TablesHook(BuildHookInterface):  # type: ignore[type-arg]
    """Writes ``grammars/rubric.tables.json`` into the source folder; git ignores it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the tables anew, whatever is there, with the code of the package that is built."""
        root = Path(self.root)
        sys.path.insert(0, str(root))
        try:
            from rubric_dsl.syntax.grammar import grammar_text
            from rubric_dsl.syntax.table_builder import make_tables
            from rubric_dsl.syntax.tables import FILE, FOLDER
        finally:
            sys.path.remove(str(root))
        text = json.dumps(make_tables(grammar_text()), ensure_ascii=False, separators=(",", ":"))
        aside = root / FOLDER / f"{FILE}.new"
        aside.write_text(text, encoding="utf-8")
        aside.replace(root / FOLDER / FILE)  # in one step, for those who read it meanwhile
