"""Editions: what a rubric keeps of an earlier one, put in its place; what it changes, drops and adds is listed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, replace

from rubric_dsl.diagnostics import Diagnostic, Place, Text
from rubric_dsl.model.model import EditionChanges, Expanded
from rubric_dsl.model.standards import with_standards
from rubric_dsl.nearest import nearest
from rubric_dsl.records import dataclass
from rubric_dsl.source import Source
from rubric_dsl.syntax.characters import fold
from rubric_dsl.syntax.parse import parse
from rubric_dsl.syntax.tree import Document, Leaf, Node, Statement, leaf_text

Opener = Callable[[str], Source | None]
"""Gives the text of another edition by its file name, or None where there is no such file."""
MAX_DEPTH = 10
"""So many editions may stand on one another."""
_FORM = frozenset({"st_form", "st_group", "st_columns", "st_field", "st_row", "st_derived", "st_parameter", "st_check"})
_HEADINGS = frozenset({"st_heading", "st_indicator"})
_OUTSIDE = frozenset({"st_bonus", "st_deduction", "st_coefficient", "st_clamp", "st_veto", "st_case", "st_pool"})
_FIELDS = frozenset({"st_field", "st_row", "st_derived", "st_parameter"})


@dataclass(frozen=True, slots=True)
class EditionBlock:
    """A heading with everything below it; ``leaves`` are its indicators."""

    name: str
    statements: tuple[Statement, ...]
    leaves: tuple[str, ...]


def read_document(source: Source) -> tuple[Document, tuple[Diagnostic, ...]]:
    """Parse a text; its standards are put where they are used, so that what is kept of it stands by itself."""
    document, faults = parse(source)
    document, found = with_standards(source, document)
    return document, (*faults, *found)


def expand(source: Source, document: Document, opener: Opener, depth: int = 0) -> Expanded:
    """Put what a rubric keeps of the edition that it inherits from in its place."""
    inherits = [s for s in document.statements if s.kind == "st_inherits" and s.tree.children]
    if not inherits:
        return Expanded(document, (source,), None, ())
    return _Expansion(source, document, inherits[0], opener, depth).run()


@dataclass(slots=True)
class _Expansion:
    source: Source
    document: Document
    inherits: Statement
    opener: Opener
    depth: int
    found: list[Diagnostic] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    meant: set[str] = field(default_factory=set)
    """What a misspelt name most likely stands for: that nothing is said of it follows from the one fault."""

    def run(self) -> Expanded:
        name = leaf_text(self.inherits.tree)
        base_source = self.opener(name) if self.depth < MAX_DEPTH else None
        if base_source is None:
            self._no_base(name)
            return Expanded(self.document, (self.source,), None, tuple(self.found))
        base_document, faults = read_document(base_source)
        base = expand(base_source, base_document, self.opener, self.depth + 1)
        self.found.extend([*faults, *(fault for fault in base.faults if fault.is_error)])
        statements = tuple(_from(base_source, statement) for statement in base.document.statements)
        blocks = {fold(block.name): block for block in blocks_of(statements)}
        own = {fold(block.name): block for block in blocks_of(self.document.statements)}
        expanded = self._placed(statements, blocks, own)
        changes = self._changes(name, blocks, own)
        document = Document(tuple(expanded), self.document.language, self.document.end_comments)
        if not self.found:
            self.found.append(changes_listed(self.source, self.document, changes))
        return Expanded(document, (self.source, *base.sources), changes, tuple(self.found))

    def _no_base(self, name: str) -> None:
        message = Text(f"没有可以沿用的文件“{name}”", f"there is no file '{name}' to inherit from")
        hint = Text(
            "写同一文件夹里的文件名，如：沿用 “2018.rubric”", 'name a file of the same folder: inherits "2018.rubric"'
        )
        if self.depth >= MAX_DEPTH:
            message = Text(
                f"沿用超过 {MAX_DEPTH} 层，或绕回了自己", f"editions inherit more than {MAX_DEPTH} deep, or in a circle"
            )
            hint = Text("检查沿用的文件", "check what the files inherit from")
        self._fault("no-base-edition", message, self.inherits, hint)

    def _placed(
        self, base: tuple[Statement, ...], blocks: dict[str, EditionBlock], own: dict[str, EditionBlock]
    ) -> list[Statement]:
        expanded: list[Statement] = []
        for statement in self.document.statements:
            if statement.kind == "st_keep_form":
                expanded.extend(self._form(base))
            elif statement.kind == "st_keep":
                for name in statement.tree.all("name"):
                    expanded.extend(self._keep(leaf_text(name), statement, blocks, own))
            elif statement.kind == "st_drop":
                for name in statement.tree.all("name"):
                    self._drop(leaf_text(name), statement, blocks, base)
            elif statement.kind != "st_inherits":
                expanded.append(statement)
        return expanded

    def _form(self, base: tuple[Statement, ...]) -> list[Statement]:
        """The base's data form, without what this file declares anew or drops."""
        without = {fold(leaf_text(s.tree.node("name"))) for s in self.document.statements if _is_field(s)}
        without |= {
            fold(leaf_text(name))
            for s in self.document.statements
            if s.kind == "st_drop"
            for name in s.tree.all("name")
        }
        return [
            s
            for s in base
            if s.kind in _FORM and not (_is_field(s) and fold(leaf_text(s.tree.node("name"))) in without)
        ]

    def _keep(
        self, name: str, statement: Statement, blocks: dict[str, EditionBlock], own: dict[str, EditionBlock]
    ) -> tuple[Statement, ...]:
        block = blocks.get(fold(name))
        if block is None:
            self._unknown(name, statement, blocks)
            return ()
        again = [leaf for leaf in block.leaves if fold(leaf) in own or leaf in self.kept]
        if again:
            words = Text(
                f"“{'、'.join(again)}”既保留又另写（或保留了两次）", f"{', '.join(again)}: kept and written again"
            )
            self._fault("edition-twice", words, statement, _ONE)
            return ()
        self.kept.extend(block.leaves)
        return block.statements

    def _drop(
        self, name: str, statement: Statement, blocks: dict[str, EditionBlock], base: tuple[Statement, ...]
    ) -> None:
        block = blocks.get(fold(name))
        if block is not None:
            self.dropped.extend(block.leaves)
        elif not any(_is_field(s) and fold(leaf_text(s.tree.node("name"))) == fold(name) for s in base):
            self._unknown(name, statement, blocks)

    def _changes(self, name: str, blocks: dict[str, EditionBlock], own: dict[str, EditionBlock]) -> EditionChanges:
        before = {leaf: blocks[fold(leaf)] for block in blocks.values() for leaf in block.leaves}
        now = {leaf: own[fold(leaf)] for block in own.values() for leaf in block.leaves}
        folded = {fold(leaf): leaf for leaf in before}
        same = [leaf for leaf in now if fold(leaf) in folded and _alike(now[leaf], before[folded[fold(leaf)]])]
        changed = [leaf for leaf in now if fold(leaf) in folded and leaf not in same]
        accounted = {fold(leaf) for leaf in (*self.kept, *self.dropped, *same, *changed)}
        unlisted = [leaf for leaf in before if fold(leaf) not in accounted and leaf not in self.meant]
        if unlisted:
            listed = "，".join(unlisted)
            self._fault(
                "edition-unlisted",
                Text(f"沿用的指标没有交代去向：{listed}", f"nothing is said about: {', '.join(unlisted)}"),
                self.inherits,
                Text(
                    f"写：保留 {unlisted[0]}，或：删去 {unlisted[0]}",
                    f"write: keep {unlisted[0]}, or: drop {unlisted[0]}",
                ),
            )
        twice = [leaf for leaf in self.dropped if fold(leaf) in {fold(each) for each in (*self.kept, *now)}]
        if twice:
            words = Text(
                f"“{'、'.join(twice)}”既删去又保留或另写", f"{', '.join(twice)}: dropped, and kept or written again"
            )
            self._fault("edition-twice", words, self.inherits, _ONE)
        added = [leaf for leaf in now if fold(leaf) not in folded]
        return EditionChanges(name, (*self.kept, *same), tuple(changed), tuple(self.dropped), tuple(added))

    def _unknown(self, name: str, statement: Statement, blocks: dict[str, EditionBlock]) -> None:
        words = Text(f"沿用的文件里没有“{name}”", f"the inherited file has no '{name}'")
        known = list(dict.fromkeys(leaf for block in blocks.values() for leaf in block.leaves))
        near = nearest(name, known, cutoff=0.4)
        self.meant |= set(near)
        hint = Text("是不是：" + "、".join(near), "did you mean: " + ", ".join(near)) if near else None
        self._fault("edition-unknown", words, statement, hint)

    def _fault(self, code: str, message: Text, statement: Statement, hint: Text | None = None) -> None:
        place = Place(self.source, statement.span)
        self.found.append(Diagnostic(code, "error", "rule", message, (place,), hint=hint))


_ONE = Text("保留、另写、删去，只写一种", "state one: kept, rewritten, or dropped")


def blocks_of(statements: tuple[Statement, ...]) -> list[EditionBlock]:
    """Return every heading with what lies below it, outermost first."""
    heads = [index for index, s in enumerate(statements) if s.kind in _HEADINGS and s.tree.children]
    found: list[EditionBlock] = []
    for position, start in enumerate(heads):
        end = _end(statements, start, heads[position + 1 :])
        inside = tuple(s for s in statements[start:end] if s.kind not in ("st_keep", "st_drop"))
        names = [leaf_text(s.tree.node("name")) for s in inside if s.kind in _HEADINGS and s.tree.children]
        has_rule = any(s.kind not in _HEADINGS for s in inside)
        leaves = tuple(names[1:]) if len(names) > 1 else tuple(names) if has_rule else ()
        found.append(EditionBlock(names[0], inside, leaves))
    return [_without_headings(block, found) for block in found]


def _without_headings(block: EditionBlock, found: list[EditionBlock]) -> EditionBlock:
    """Leave out of the leaves what is itself a heading with parts."""
    inner = {each.name for each in found if len(each.leaves) > 1 or (each.leaves and each.leaves != (each.name,))}
    return replace(block, leaves=tuple(leaf for leaf in block.leaves if leaf not in inner))


def _end(statements: tuple[Statement, ...], start: int, later: list[int]) -> int:
    level = _level(statements[start])
    stop = next((index for index in later if _level(statements[index]) <= level), len(statements))
    return next((i for i in range(start + 1, stop) if statements[i].kind in _OUTSIDE), stop)


def _level(statement: Statement) -> int:
    stated = statement.tree.text("LEVEL")
    return int(stated) if stated else 9


def _alike(one: EditionBlock, other: EditionBlock) -> bool:
    return [s.tree for s in one.statements] == [s.tree for s in other.statements]


def _is_field(statement: Statement) -> bool:
    name = statement.tree.find("name")
    return statement.kind in _FIELDS and isinstance(name, Node | Leaf)


def _from(source: Source, statement: Statement) -> Statement:
    return statement if statement.origin is not None else replace(statement, origin=source)


def changes_listed(source: Source, document: Document, changes: EditionChanges) -> Diagnostic:
    """Say what an edition keeps, changes, drops and adds, for ``rubric check``."""
    parts = [
        (Text("保留", "kept"), changes.kept),
        (Text("修改", "changed"), changes.changed),
        (Text("删去", "dropped"), changes.dropped),
        (Text("新增", "added"), changes.added),
    ]
    zh = "；".join(f"{word.zh} {len(names)} 项" + (f"：{'、'.join(names)}" if names else "") for word, names in parts)
    en = "; ".join(f"{word.en} {len(names)}" + (f": {', '.join(names)}" if names else "") for word, names in parts)
    statement = next(s for s in document.statements if s.kind == "st_inherits")
    place = Place(source, statement.span)
    message = Text(f"沿用“{changes.base}”。{zh}", f"inherits '{changes.base}'. {en}")
    return Diagnostic("edition-changes", "info", "rule", message, (place,))
