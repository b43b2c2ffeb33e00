"""Editions: an earlier rubric with what a later one says of it put in its place, and the list of what has changed.

An edition keeps what it names (``keep``), or all that it does not speak of (``keep the rest``). What it renames is
renamed in everything that it keeps, before the two are put together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, replace

from rubric_dsl.diagnostics import Diagnostic, Place, Text
from rubric_dsl.model.edition_changes import changes_between, changes_listed
from rubric_dsl.model.model import EditionChanges, Expanded
from rubric_dsl.model.outline import (
    FORM,
    NAMED,
    NAMING,
    RULE_KINDS,
    Branch,
    Outline,
    declared_names,
    flat,
    is_named,
    label_of,
    name_of,
    outline_of,
)
from rubric_dsl.model.standards import with_standards
from rubric_dsl.nearest import nearest
from rubric_dsl.records import dataclass
from rubric_dsl.source import Source
from rubric_dsl.syntax.characters import fold
from rubric_dsl.syntax.leaves import quote
from rubric_dsl.syntax.parse import parse
from rubric_dsl.syntax.tree import Document, Leaf, Node, Statement, Tree, leaf_text, leaves_of

Opener = Callable[[str], Source | None]
"""Gives the text of another edition by its file name, or None where there is no such file."""
MAX_DEPTH = 10
"""So many editions may stand on one another."""
_SAYINGS = frozenset({"st_inherits", "st_keep", "st_keep_rest", "st_keep_form", "st_change", "st_drop", "st_rename"})
"""What an edition says of the earlier one; none of it is left when the two are put together."""
_ONCE = frozenset(
    {"st_rubric", "st_points", "st_steps", "st_grades", "st_scale", "st_cohort", "st_combine", "st_source"}
)
"""Of these, the later edition's own take the place of all the earlier one's."""
_ADDED = frozenset({"st_decision", "st_accept"})
"""Of these, the earlier edition's stay beside the later one's."""
_SHARE = ("points", "SHARED", "weight")
_YEAR = re.compile(r"\{\s*(?:年度|year)\s*(?:([-−+＋－])\s*(\d{1,3}))?\s*\}")
_FIXED = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def read_document(source: Source) -> tuple[Document, tuple[Diagnostic, ...]]:
    """Parse a text; its standards are put where they are used, so that what is kept of it stands by itself."""
    document, faults = parse(source)
    document, found = with_standards(source, document)
    return document, (*faults, *found)


def expand(source: Source, document: Document, opener: Opener) -> Expanded:
    """Put what a rubric keeps of the edition that it inherits from in its place, and its own year where it says so."""
    return _with_year(source, put_together(source, document, opener))


def put_together(source: Source, document: Document, opener: Opener, depth: int = 0) -> Expanded:
    """Put what a rubric keeps in its place; years that follow the edition stay as they are written."""
    inherits = [s for s in document.statements if s.kind == "st_inherits" and s.tree.children]
    if inherits:
        return _Expansion(source, document, inherits[0], opener, depth).run()
    lost = [s for s in document.statements if s.kind in _SAYINGS - {"st_inherits", "st_keep_form"} and _read(s)]
    if not lost or any(s.kind == "st_inherits" for s in document.statements):
        return Expanded(document, (source,), None, ())
    message = Text("没有写明沿用哪个文件", "it is not said which file this inherits from")
    hint = Text("在前面写：沿用 “2018.rubric”", 'write before it: inherits "2018.rubric"')
    fault = Diagnostic("no-base-edition", "error", "rule", message, (Place(source, lost[0].span),), hint=hint)
    rest = tuple(s for s in document.statements if s not in lost)
    return Expanded(replace(document, statements=rest), (source,), None, (fault,))


def _read(statement: Statement) -> bool:
    return bool(statement.tree.children)


@dataclass(slots=True)
class _Expansion:
    source: Source
    document: Document
    inherits: Statement
    opener: Opener
    depth: int
    found: list[Diagnostic] = field(default_factory=list)
    meant: set[str] = field(default_factory=set)
    """What a misspelt name most likely stands for: that nothing is said of it follows from the one fault."""
    dropped: list[str] = field(default_factory=list)

    def run(self) -> Expanded:
        name = leaf_text(self.inherits.tree)
        base_source = self.opener(name) if self.depth < MAX_DEPTH else None
        if base_source is None:
            self._no_base(name)
            return Expanded(self.document, (self.source,), None, tuple(self.found))
        base_document, faults = read_document(base_source)
        base = put_together(base_source, base_document, self.opener, self.depth + 1)
        self.found.extend([*faults, *(fault for fault in base.faults if fault.is_error)])
        renames = self._renames(base.document.statements)
        statements = tuple(_from(base_source, _renamed(s, renames)) for s in base.document.statements)
        before = outline_of(statements)
        self.dropped = [
            leaf_text(each) for s in self.document.statements if s.kind == "st_drop" for each in s.tree.all("name")
        ]
        rest = next((s for s in self.document.statements if s.kind == "st_keep_rest"), None)
        if rest is None:
            final = tuple(_Listed(self, before, statements).run())
        else:
            final = tuple(_Rest(self, outline_of(statements)).run())
        after = outline_of(final)
        self._told(before, after, listed=rest is None)
        changes = changes_between(name, before, after, {new: old for old, new in renames.values()})
        document = Document(final, self.document.language, self.document.end_comments)
        if not self.found:
            self.found.append(changes_listed(self.source, self.inherits, changes))
        self.found.extend(
            self._fixed_years(base.document, statements, final, {fold(new) for _, new in renames.values()})
        )
        kept_by = Place(self.source, (rest or self.inherits).span, Text("从这里沿用", "kept here"))
        return Expanded(document, (self.source, *base.sources), changes, tuple(self.found), kept_by)

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
        self.fault("no-base-edition", message, self.inherits, hint)

    def _renames(self, statements: tuple[Statement, ...]) -> dict[str, tuple[str, str]]:
        """Return the new name of each renamed thing, with the old one as it was written, by the folded old one."""
        known = {fold(name): name for s in statements if s.kind in NAMED for name in declared_names(s)}
        renames = [s for s in self.document.statements if s.kind == "st_rename" and _read(s)]
        given = {id(s): tuple(leaf_text(each) for each in s.tree.all("label")) for s in renames}
        freed = {fold(old) for old, _ in given.values()}
        found: dict[str, tuple[str, str]] = {}
        for statement in renames:
            old, new = given[id(statement)]
            if fold(old) not in known:
                self.unknown(old, statement, known.values())
            elif fold(new) in known.keys() - freed:
                words = Text(f"“{new}”在沿用的文件里另有所指", f"'{new}' already names something else")
                self.fault("edition-twice", words, statement, Text("换一个名称", "choose another name"))
            else:
                found[fold(old)] = (known[fold(old)], new)
        return found

    def _told(self, before: Outline, after: Outline, *, listed: bool) -> None:
        """Say where nothing is said of an indicator, or two things are."""
        now = {fold(branch.name) for branch in after.leaves()}
        gone = {fold(name) for name in self.dropped}
        leaves = [branch.name for branch in before.leaves()]
        below = {fold(leaf.name) for branch in before.all() if fold(branch.name) in gone for leaf in branch.leaves()}
        unlisted = [
            name
            for name in leaves
            if fold(name) not in now | below and name not in self.meant and fold(name) not in gone
        ]
        if unlisted and listed:
            self.fault(
                "edition-unlisted",
                Text(f"沿用的指标没有交代去向：{'，'.join(unlisted)}", f"nothing is said about: {', '.join(unlisted)}"),
                self.inherits,
                Text(
                    f"写：保留 {unlisted[0]}，或：删去 {unlisted[0]}",
                    f"write: keep {unlisted[0]}, or: drop {unlisted[0]}",
                ),
            )
        twice = [name for name in leaves if fold(name) in now & (gone | below)]
        if twice:
            words = Text(
                f"“{'、'.join(twice)}”既删去又保留或另写", f"{', '.join(twice)}: dropped, and kept or written again"
            )
            self.fault("edition-twice", words, self.inherits, ONE)

    def _fixed_years(
        self, base: Document, kept: tuple[Statement, ...], final: tuple[Statement, ...], renamed: set[str]
    ) -> Iterator[Diagnostic]:
        """Warn where a form that is kept speaks of the earlier edition's years."""
        was, now = year_of(base), year_of(self.document)
        if was is None or now is None or was == now:
            return
        stays = {id(s) for s in final}
        names = [(name, s) for s in kept if id(s) in stays and s.kind in FORM for name in declared_names(s)]
        years = range(was - 2, was + 2)
        fixed = {
            name: statement
            for name, statement in reversed(names)
            if fold(name) not in renamed and any(int(year) in years for year in _FIXED.findall(name))
        }
        if not fixed:
            return
        listed = list(fixed)[::-1]
        old, file = listed[0], leaf_text(self.inherits.tree)
        new = shifted_years(old, now - was)
        # In quotes each reads as one name, whatever it holds.
        hint = Text(
            f"写：原名 {quote(old, 'zh')}，现名 {quote(new, 'zh')}",
            f"write: formerly {quote(old, 'en')}, now {quote(new, 'en')}",
        )
        origin = fixed[old].origin
        if origin is not None and origin.name == file:
            rolling = [rolling_name(old, was, lang) for lang in ("zh", "en")]
            hint = Text(
                f"{hint.zh}；或在“{file}”里写成 {quote(rolling[0], 'zh')}，以后每年自动改",
                f"{hint.en}; or write {quote(rolling[1], 'en')} in '{file}', which follows the edition",
            )
        yield Diagnostic(
            "edition-fixed-year",
            "warning",
            "rule",
            Text(
                f"沿用的数据表写着 {was} 年度的年份：{'、'.join(listed)}",
                f"the form that is kept speaks of the years of {was}: {', '.join(listed)}",
            ),
            (Place(self.source, self.inherits.span),),
            why=Text("填报的还是上一版的年份", "departments would fill in the earlier edition's years"),
            hint=hint,
        )

    def unknown(self, name: str, statement: Statement, names: Iterable[str]) -> None:
        """Say that the earlier edition has no such name."""
        words = Text(f"沿用的文件里没有“{name}”", f"the inherited file has no '{name}'")
        near = nearest(name, list(dict.fromkeys(names)), cutoff=0.4)
        self.meant |= set(near)
        hint = Text("是不是：" + "、".join(near), "did you mean: " + ", ".join(near)) if near else None
        self.fault("edition-unknown", words, statement, hint)

    def fault(self, code: str, message: Text, statement: Statement, hint: Text | None = None) -> None:
        place = Place(self.source, statement.span)
        self.found.append(Diagnostic(code, "error", "rule", message, (place,), hint=hint))

    def drops(self, before: Outline) -> set[str]:
        """Return the folded names that are dropped; a name that the earlier edition lacks is a fault."""
        named = {fold(label): label for s in before.statements() if (label := label_of(s))}
        gone: set[str] = set()
        for statement in self.document.statements:
            if statement.kind == "st_drop":
                for each in statement.tree.all("name"):
                    name = leaf_text(each)
                    if fold(name) in named:
                        gone.add(fold(name))
                    else:
                        self.unknown(name, statement, (branch.name for branch in before.all()))
        return gone


ONE = Text("保留、另写、删去，只写一种", "state one: kept, rewritten, or dropped")


@dataclass(slots=True)
class _Listed:
    """An edition that names what it keeps; each thing stands where it is named."""

    expansion: _Expansion
    before: Outline
    statements: tuple[Statement, ...]
    kept: list[str] = field(default_factory=list)

    def run(self) -> Iterator[Statement]:
        own = self.expansion.document.statements
        gone = self.expansion.drops(self.before)
        again = {fold(branch.name) for branch in outline_of(own).all()}
        for statement in own:
            if statement.kind == "st_keep_form":
                without = gone | {fold(name_of(s)) for s in own if is_named(s)}
                yield from (
                    s for s in self.statements if s.kind in FORM and not (is_named(s) and fold(name_of(s)) in without)
                )
            elif statement.kind == "st_keep":
                for name in statement.tree.all("name"):
                    yield from self._keep(leaf_text(name), statement, again)
            elif statement.kind == "st_change":
                words = Text("“修改”要与“保留其余”一起用", "'change' goes with 'keep the rest'")
                hint = Text("加上一行：保留其余", "add the line: keep the rest")
                self.expansion.fault("edition-unlisted", words, statement, hint)
            elif statement.kind not in _SAYINGS:
                yield statement

    def _keep(self, name: str, statement: Statement, again: set[str]) -> Iterator[Statement]:
        branch = next((each for each in self.before.all() if fold(each.name) == fold(name)), None)
        if branch is None:
            self.expansion.unknown(name, statement, (each.name for each in self.before.leaves()))
            return
        leaves = [leaf.name for leaf in branch.leaves()]
        twice = [leaf for leaf in leaves if fold(leaf) in again or leaf in self.kept]
        if twice:
            words = Text(
                f"“{'、'.join(twice)}”既保留又另写（或保留了两次）", f"{', '.join(twice)}: kept and written again"
            )
            self.expansion.fault("edition-twice", words, statement, ONE)
            return
        self.kept.extend(leaves)
        yield from flat([branch])


@dataclass(slots=True)
class _Rest:
    """An edition that keeps all that it does not speak of, in its place."""

    expansion: _Expansion
    whole: Outline

    def run(self) -> Iterator[Statement]:
        levels = {fold(branch.name): branch.level for branch in self.whole.all()}
        own = outline_of(self.expansion.document.statements, levels)
        gone = self.expansion.drops(self.whole)
        self.whole.drop(gone)
        header = _merged_header(self.whole.header, own.header, gone)
        form = _merged_form(self.whole.form, own.form, gone)
        self._place(own.top, self.whole.top, None)
        yield from header
        yield from form
        yield from flat(self.whole.top)

    def _place(self, own: list[Branch], into: list[Branch], parent: Branch | None) -> None:
        """Put headings of the later edition among the parts of one of the earlier edition, each after the one before it."""
        at: int | None = None
        for branch in own:
            found = self._earlier(branch, parent)
            if found is None and branch.head.kind in ("st_keep", "st_change"):
                self.expansion.unknown(branch.name, branch.head, (each.name for each in self.whole.all()))
                continue
            target = Branch(branch.head, list(branch.own), []) if found is None else _merged(found, branch)
            stays = parent is None and found is not None and branch.level > 1  # it is spoken of outside of any heading
            if found is None or not (stays or any(each is target for each in into)):
                self.whole.remove(target)
                into.insert(_end(into, target) if at is None else at, target)
            self._place(branch.parts, target.parts, target)
            at = next((index + 1 for index, each in enumerate(into) if each is target), at)

    def _earlier(self, branch: Branch, parent: Branch | None) -> Branch | None:
        """Return what a heading is in the earlier edition: below the same heading first, else the only one of its name."""
        beside = self.whole.top if parent is None else parent.parts
        same = [each for each in beside if each.is_like(branch)]
        everywhere = same or [each for each in self.whole.all() if each.is_like(branch)]
        if len(everywhere) > 1 and not same:
            words = Text(f"沿用的文件里有几个“{branch.name}”", f"the inherited file has several '{branch.name}'")
            hint = Text("把它写在原来的上级指标下面", "write it below the heading that it belongs to")
            self.expansion.fault("edition-twice", words, branch.head, hint)
            return None
        return everywhere[0] if everywhere else None


def _end(into: list[Branch], branch: Branch) -> int:
    """Return where something new goes that follows nothing: behind the headings, before what comes after the total."""
    if branch.is_heading:
        return max((index + 1 for index, each in enumerate(into) if each.is_heading), default=0)
    return len(into)


def _merged(found: Branch, branch: Branch) -> Branch:
    """Make an earlier heading what the later edition says of it."""
    if branch.head.kind == "st_keep":
        found.own.extend(branch.own)
        return found
    rewritten = branch.head.kind != "st_change" and bool(branch.own) and not branch.parts and not found.parts
    head = _head(found.head, branch.head)
    if rewritten:
        found.head, found.own = head, list(branch.own)
        return found
    kinds = {statement.kind for statement in branch.own}
    touched = head.tree != found.head.tree or bool(kinds & RULE_KINDS)
    found.own = _replaced(found.own, branch.own, without_examples=touched)
    found.head = head
    return found


def _head(earlier: Statement, later: Statement) -> Statement:
    """Return a heading with the later edition's points, where it states any."""
    if later.kind != "st_change":
        return later
    share = tuple(child for child in later.tree.children if child.kind in _SHARE)
    if not share:
        return earlier
    children = (*(child for child in earlier.tree.children if child.kind not in _SHARE), *share)
    tree = Node(earlier.tree.kind, children, later.tree.span)
    return replace(earlier, tree=tree, span=later.span, origin=later.origin, comments=later.comments)


def _replaced(earlier: list[Statement], later: list[Statement], *, without_examples: bool) -> list[Statement]:
    """Put a heading's new statements in the place of those of the same kind; a rule with cases or readings is one whole."""
    parted = any(s.kind in ("st_variant", "st_variant_rest", "st_reading") for s in (*earlier, *later))

    def group(statement: Statement) -> str:
        return "rule" if parted and statement.kind in RULE_KINDS else statement.kind

    new: dict[str, list[Statement]] = {}
    for statement in later:
        new.setdefault(group(statement), []).append(statement)
    found: list[Statement] = []
    for statement in earlier:
        kind = group(statement)
        if kind in new and kind not in _ADDED:
            found.extend(new[kind])
            new[kind] = []
        elif not (statement.kind == "st_example" and without_examples):
            found.append(statement)
    return [*found, *(statement for group in new.values() for statement in group)]


def _merged_header(earlier: list[Statement], later: list[Statement], gone: set[str]) -> list[Statement]:
    new: dict[object, list[Statement]] = {}
    for statement in later:
        if statement.kind not in _SAYINGS:
            new.setdefault(_header_key(statement), []).append(statement)
    found: list[Statement] = []
    for statement in earlier:
        key = _header_key(statement)
        if key in new:
            found.extend(new[key])
            new[key] = []
        elif fold(label_of(statement)) not in gone or not label_of(statement):
            found.append(statement)
    return [*found, *(statement for group in new.values() for statement in group)]


def _header_key(statement: Statement) -> object:
    if statement.kind in _ONCE:
        return statement.kind
    if statement.kind == "st_round":
        return statement.tree.children[0].kind if statement.tree.children else "st_round"
    if statement.kind == "st_decision" and statement.tree.children:
        return "st_decision", leaf_text(statement.tree)
    return statement.kind, statement.tree


def _merged_form(earlier: list[Statement], later: list[Statement], gone: set[str]) -> list[Statement]:
    """Put the form's new statements in: in the place of one of the same name, at the end of their group, or at the end."""
    named = {fold(name_of(s)): s for s in later if is_named(s)}
    own_form = next((s for s in later if s.kind == "st_form"), None)
    found: list[Statement] = []
    skipping = False
    for statement in earlier:
        if statement.kind == "st_group":
            skipping = fold(label_of(statement)) in gone
        if skipping:
            continue
        if statement.kind == "st_form" and own_form is not None:
            found.append(own_form)
        elif is_named(statement) and fold(name_of(statement)) in named:
            found.append(named.pop(fold(name_of(statement))))
        elif not (is_named(statement) and fold(name_of(statement)) in gone):
            found.append(statement)
    if own_form is not None and own_form not in found:
        found.insert(0, own_form)
    opened: list[Statement] = []  # the group and the columns that the next new statement stands under
    for statement in later:
        if statement.kind == "st_group":
            opened = [statement]
        elif statement.kind == "st_columns":
            opened = [*(each for each in opened if each.kind == "st_group"), statement]
        elif _is_new(statement, named, found):
            at = _end_of_group(found, opened[0]) if len(opened) == 1 else None
            new = [*opened, statement] if at is None else [statement]
            opened = opened if at is not None else []
            at = len(found) if at is None else at
            found[at:at] = new
    return found


def _is_new(statement: Statement, named: Mapping[str, Statement], found: list[Statement]) -> bool:
    """Whether a statement of the form took the place of none, and stands nowhere yet."""
    if statement.kind in ("st_form", "st_keep_form"):
        return False
    if is_named(statement):
        return fold(name_of(statement)) in named
    return not (statement.kind == "st_check" and statement in found)


def _end_of_group(form: list[Statement], group: Statement) -> int | None:
    """Return where a group of the form ends; None where the form has no such group."""
    starts = [at for at, each in enumerate(form) if each.kind == "st_group"]
    own = next((at for at in starts if group.kind == "st_group" and form[at].tree == group.tree), None)
    return None if own is None else next((at for at in starts if at > own), len(form))


def _renamed(statement: Statement, renames: Mapping[str, tuple[str, str]]) -> Statement:
    return replace(statement, tree=_names_changed(statement.tree, renames)) if renames else statement


def _names_changed(tree: Node, renames: Mapping[str, tuple[str, str]]) -> Node:
    """Return a tree with other names; texts (wording, notes, reasons) stay as they are."""
    children: list[Tree] = []
    for child in tree.children:
        if isinstance(child, Node):
            children.append(_names_changed(child, renames))
        elif child.kind in ("NAME", "CNAME") or (child.kind == "STRING" and tree.kind in NAMING):
            new = renames.get(fold(child.text))
            children.append(child if new is None else Leaf(child.kind, new[1], child.span))
        else:
            children.append(child)
    return Node(tree.kind, tuple(children), tree.span)


def _with_year(source: Source, whole: Expanded) -> Expanded:
    """Put the edition's year where a rubric writes ``{年度}`` or ``{year - 1}``."""
    document = whole.document
    asking = next((s for s in document.statements if _asks_year(s.tree)), None)
    if asking is None:
        return whole
    year = year_of(document)
    if year is None:
        words = Text("“{年度}”要求年度是一个年份", "'{year}' needs an edition that is a year")
        hint = Text("写：指标体系 名称 年度 2020", "write: rubric NAME edition 2020")
        place = Place(asking.origin or source, asking.span)
        fault = Diagnostic("edition-year", "error", "rule", words, (place,), hint=hint)
        return replace(whole, faults=(*whole.faults, fault))
    statements = tuple(
        replace(s, tree=_year_written(s.tree, year)) if _asks_year(s.tree) else s for s in document.statements
    )
    return replace(whole, document=replace(document, statements=statements))


def year_of(document: Document) -> int | None:
    """Return a rubric's edition where it is a year."""
    stated = next((s.tree.text("edition") for s in document.statements if s.kind == "st_rubric"), "")
    return int(stated) if re.fullmatch(r"(?:19|20)\d\d", stated) else None


def shifted_years(name: str, by: int) -> str:
    """Return a name with each year in it moved by a number of years."""
    return _FIXED.sub(lambda match: str(int(match[0]) + by), name)


def rolling_name(name: str, year: int, lang: str) -> str:
    """Return a name in which each year is written as one that follows the edition; ``year`` is the edition now."""
    word = "年度" if lang == "zh" else "year"

    def written(match: re.Match[str]) -> str:
        offset = int(match[0]) - year
        return "{" + word + (f"{offset:+d}" if offset else "") + "}"

    return _FIXED.sub(written, name)


def _asks_year(tree: Tree) -> bool:
    return any("{" in leaf.text and _YEAR.search(leaf.text) for leaf in leaves_of(tree))


def _year_written(tree: Node, year: int) -> Node:
    def written(match: re.Match[str]) -> str:
        sign, number = match[1], int(match[2] or 0)
        return str(year + (number if sign in ("+", "＋") else -number))

    children = tuple(
        _year_written(child, year)
        if isinstance(child, Node)
        else Leaf(child.kind, _YEAR.sub(written, child.text), child.span)
        for child in tree.children
    )
    return Node(tree.kind, children, tree.span)


def _from(source: Source, statement: Statement) -> Statement:
    return statement if statement.origin is not None else replace(statement, origin=source)


__all__ = [
    "MAX_DEPTH",
    "EditionChanges",
    "Opener",
    "expand",
    "read_document",
    "shifted_years",
    "year_of",
]
