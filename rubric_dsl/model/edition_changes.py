"""What an edition makes of the one that it inherits from: the list that somebody signs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rubric_dsl.diagnostics import Diagnostic, Place, Text
from rubric_dsl.model.model import ChangedParts, EditionChanges
from rubric_dsl.model.outline import FORM, Branch, Outline, is_named, label_of, name_of
from rubric_dsl.source import Source
from rubric_dsl.syntax.characters import fold
from rubric_dsl.syntax.tree import Statement, Tree, leaves_of

_WHOLE = {
    "st_points": Text("满分", "points"),
    "st_steps": Text("扣分单位", "steps"),
    "st_grades": Text("等级", "grades"),
    "st_scale": Text("等级标准", "scale"),
    "st_cohort": Text("同类单位", "cohort"),
    "st_combine": Text("合计方式", "combine"),
    "st_clamp": Text("总分限于", "total within"),
}
_UNLISTED = frozenset({"st_rubric", "st_inherits", "st_source", "st_accept", "st_form", "st_group", "st_keep_form"})
_SHOWN = 20
"""So many characters of a text are shown where it has no name."""


def changes_between(base: str, before: Outline, after: Outline, old_names: Mapping[str, str]) -> EditionChanges:
    """Return what has become of each indicator, each heading, and the rest, matched by name.

    Args:
        base: the name of the earlier edition's file.
        before: the earlier edition, its names already those of the later one.
        after: the two put together.
        old_names: what was renamed, by its new name.
    """
    was, now = _with_parents(before), _with_parents(after)
    new_leaves = {key: leaf for key, leaf in now.items() if leaf[0].is_leaf}
    old_leaves = {key: leaf for key, leaf in was.items() if leaf[0].is_leaf}
    headings = _parts(_without(was, old_leaves), _without(now, new_leaves), old_names)
    indicators = _parts(old_leaves, new_leaves, old_names)
    elsewhere = tuple(_elsewhere(before, after))
    return EditionChanges(
        base, indicators.kept, indicators.changed, indicators.dropped, indicators.added, indicators.renamed,
        indicators.moved, headings, elsewhere,
    )  # fmt: skip


_Named = dict[str, tuple[Branch, str]]
"""Branches by folded name, each with the name of what it stands below."""


def _with_parents(outline: Outline) -> _Named:
    found: _Named = {}

    def take(branches: list[Branch], above: str) -> None:
        for branch in branches:
            if branch.is_heading:
                found.setdefault(fold(branch.name), (branch, above))
            take(branch.parts, fold(branch.name))

    take(outline.top, "")
    return found


def _without(all_of_them: _Named, leaves: _Named) -> _Named:
    return {key: item for key, item in all_of_them.items() if key not in leaves}


def _parts(was: _Named, now: _Named, old_names: Mapping[str, str]) -> ChangedParts:
    renamed = {fold(new): (old, new) for new, old in old_names.items()}
    kept: list[str] = []
    changed: list[str] = []
    moved: list[str] = []
    for key, (branch, above) in now.items():
        if key in was:
            earlier, earlier_above = was[key]
            same = _said(earlier) == _said(branch)
            moves = earlier_above != above
            if not same:
                changed.append(branch.name)
            if moves:
                moved.append(branch.name)
            if same and not moves and key not in renamed:
                kept.append(branch.name)
    return ChangedParts(
        tuple(kept),
        tuple(changed),
        tuple(branch.name for key, (branch, _) in was.items() if key not in now),
        tuple(branch.name for key, (branch, _) in now.items() if key not in was),
        tuple(pair for key, pair in renamed.items() if key in was and key in now),
        tuple(moved),
    )


def _said(branch: Branch) -> object:
    """Return all that is said of a heading but its examples, and what a heading's level makes of it."""
    share = [child for child in branch.head.tree.children if child.kind not in ("LEVEL", "name")]
    return share, [statement.tree for statement in branch.own if statement.kind not in ("st_example", "st_accept")]


def _elsewhere(before: Outline, after: Outline) -> Iterator[tuple[str, Text]]:
    """Yield what else was changed, dropped or added, each in words."""
    was, now = _rest(before), _rest(after)
    for key, (words, statements) in now.items():
        if key not in was:
            yield "added", words
        elif was[key][1] != statements:
            yield "changed", words
    yield from (("dropped", words) for key, (words, _) in was.items() if key not in now)


def _rest(outline: Outline) -> dict[object, tuple[Text, list[Tree]]]:
    found: dict[object, tuple[Text, list[Tree]]] = {}
    after_total = [branch for branch in outline.top if not branch.is_heading]
    said = [(statement, [statement.tree]) for statement in (*outline.header, *outline.form)]
    said += [
        (b.head, [b.head.tree, *(s.tree for each in b.all() for s in (each.head, *each.own))]) for b in after_total
    ]
    for statement, trees in said:
        if statement.kind not in _UNLISTED and statement.tree.children:
            found.setdefault(_key(statement), (_words(statement), []))[1].extend(trees)
    return found


def _key(statement: Statement) -> object:
    if statement.kind in _WHOLE:
        return statement.kind
    if statement.kind == "st_round":
        return statement.kind, statement.tree.children[0].kind
    if is_named(statement):
        return "figure", fold(name_of(statement))
    label = label_of(statement)
    return (statement.kind, fold(label)) if label else (statement.kind, statement.tree)


def _words(statement: Statement) -> Text:
    if statement.kind in _WHOLE:
        return _WHOLE[statement.kind]
    label = label_of(statement)
    label = label if len(label) <= _SHOWN else label[:_SHOWN] + "…"
    if statement.kind in FORM and statement.kind not in ("st_check", "st_columns"):
        return Text(f"数据项 {label}", f"figure {label}")
    kinds = {
        "st_round": Text("舍入", "rounding"),
        "st_decision": Text(f"决定“{label}”", f"decision '{label}'"),
        "st_check": Text(f"核对 {_text(statement)}", f"check {_text(statement)}"),
        "st_columns": Text(f"列 {_text(statement)}", f"columns {_text(statement)}"),
        "st_case": Text(f"算例“{label}”", f"case '{label}'"),
        "st_pool": Text("共用分值", "pool"),
    }
    return kinds.get(statement.kind, Text(label or _text(statement), label or _text(statement)))


def _text(statement: Statement) -> str:
    words = [leaf.text for leaf in leaves_of(statement.tree) if leaf.text]
    text = "、".join(words)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def changes_listed(source: Source, inherits: Statement, changes: EditionChanges) -> Diagnostic:
    """Say what an edition keeps, changes, drops, adds, renames and moves, for ``rubric check``."""
    own = ChangedParts(changes.kept, changes.changed, changes.dropped, changes.added, changes.renamed, changes.moved)
    told = [_told(own, brief=False)]
    if changes.headings != ChangedParts():
        heads = _told(changes.headings, brief=True)
        told.append(Text(f"标题：{heads.zh}", f"headings: {heads.en}"))
    if changes.elsewhere:
        verbs = {"changed": Text("修改", "changed"), "dropped": Text("删去", "dropped"), "added": Text("新增", "added")}
        listed = [(verbs[verb], [w for v, w in changes.elsewhere if v == verb]) for verb in verbs]
        told.append(
            Text(
                "其他：" + "；".join(f"{verb.zh} {'、'.join(w.zh for w in words)}" for verb, words in listed if words),
                "else: " + "; ".join(f"{verb.en} {', '.join(w.en for w in words)}" for verb, words in listed if words),
            )
        )
    zh, en = "。".join(text.zh for text in told), ". ".join(text.en for text in told)
    message = Text(f"沿用“{changes.base}”。{zh}", f"inherits '{changes.base}'. {en}")
    return Diagnostic("edition-changes", "info", "rule", message, (Place(source, inherits.span),))


def _told(parts: ChangedParts, *, brief: bool) -> Text:
    """Return counts and names; what is unchanged in headings is counted only."""
    renamed = tuple(f"{old} → {new}" for old, new in parts.renamed)
    shown = [(Text("保留", "kept"), parts.kept, not brief)]
    counted = [
        (Text("修改", "changed"), parts.changed),
        (Text("删去", "dropped"), parts.dropped),
        (Text("新增", "added"), parts.added),
    ]
    others = [(Text("改名", "renamed"), renamed), (Text("移动", "moved"), parts.moved)]
    shown += [(word, names, True) for word, names in counted if names or not brief]
    shown += [(word, names, True) for word, names in others if names]
    zh = "；".join(
        f"{word.zh} {len(names)} 项" + (f"：{'、'.join(names)}" if names and named else "")
        for word, names, named in shown
    )
    en = "; ".join(
        f"{word.en} {len(names)}" + (f": {', '.join(names)}" if names and named else "") for word, names, named in shown
    )
    return Text(zh, en)
