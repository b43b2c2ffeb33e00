"""The grammar file as plain data: parser states, terminals in the order they are tried, and how each phrase is written.

What makes them needs lark (``table_builder``), what uses them does not (``automaton``). They are made when the package is
built and lie beside the grammar; where they are not there, or are not of this grammar, they are made anew in memory.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

CLAUSE = "clause"
RULE = "rule"
FOLDER, GRAMMAR, FILE = "grammars", "rubric.lark", "rubric.tables.json"
"""Where the grammar lies, and its tables beside it."""
_CODE = (Path(__file__), Path(__file__).with_name("table_builder.py"))

if TYPE_CHECKING:
    from typing import TypedDict  # each would take a while to make when the program starts

    class RuleData(TypedDict):
        """One alternative of a rule: whether each symbol is kept in the tree; ``single`` hands an only child on."""

        origin: str
        kind: str
        kept: list[bool]
        single: bool

    class TerminalData(TypedDict):
        """A terminal: literal ``words``, or else a pattern; ``first`` holds every character it can begin with, if known."""

        name: str
        pattern: str
        words: list[str] | None
        first: str | None

    class AlternativeData(TypedDict):
        """One way to write a phrase: (name, terminal, kept) for each symbol."""

        symbols: list[tuple[str, bool, bool]]
        languages: list[str]

    class Tables(TypedDict):
        """Everything that reading and writing need.

        ``parser`` is JSON of the states and the rules, half of it all, which writing alone does not take apart. In a
        state, a symbol leads to a state, or by -1 - n to rule n's end.
        """

        key: str
        starts: dict[str, int]
        ends: dict[str, int]
        parser: str
        terminals: list[TerminalData]
        ignored: list[str]
        inside: dict[str, list[tuple[str, str]]]
        words: dict[str, dict[str, list[str]]]
        alternatives: dict[str, list[AlternativeData]]
        openers: list[tuple[str, TerminalData]]
        permuted: list[str]
        accepts: dict[str, list[str]]
        functions: list[str]


def key_of(grammar: str) -> str:
    """Return what tables carry to be known as those of a grammar text: a digest of it and of the code that makes tables.

    The version of lark is no part of it: tables are used without lark, so none that is installed can disagree.
    """
    digest = sha256(grammar.encode())
    for path in _CODE:
        try:
            digest.update(path.read_bytes())
        except OSError:
            digest.update(b"without its source")
    return digest.hexdigest()
