"""The package's own source, parsed once for all tests that look at it."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "rubric_dsl"


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Return every node of a module."""
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


@cache
def imports(path: Path) -> frozenset[str]:
    """Return the modules that a module imports, or imports from."""
    found = {node.module for node in nodes(path) if isinstance(node, ast.ImportFrom) and node.module}
    return frozenset(
        found | {alias.name for node in nodes(path) if isinstance(node, ast.Import) for alias in node.names}
    )
