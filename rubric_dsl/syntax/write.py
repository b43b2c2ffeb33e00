"""Tree to text: the formatter. It writes every phrase through the grammar's own rules, in either keyword language."""

from __future__ import annotations

from collections.abc import Iterator

from rubric_dsl.diagnostics import Lang
from rubric_dsl.syntax.grammar import RULE, Grammar, Symbol, load
from rubric_dsl.syntax.leaves import leaf_written
from rubric_dsl.syntax.tree import Document, Leaf, Node, Statement, Tree
from rubric_dsl.units import find_unit

_INDENT = {"st_heading": 0, "st_change": 0, "st_form": 0, "st_standard": 0, "st_group": 1, "st_pool": 1}
_TOP = frozenset(
    {
        "st_rubric", "st_source", "st_points", "st_scale", "st_cohort", "st_inherits", "st_rename", "st_keep_rest", "st_bonus", "st_deduction",
        "st_coefficient", "st_clamp", "st_veto", "st_case",
    }
)  # fmt: skip
_FORM_PARTS = frozenset({"st_columns", "st_row", "st_field", "st_derived", "st_parameter", "st_check"})
_WIDE = str.maketrans({",": "，", ";": "；", ":": "：", "(": "（", ")": "）", "*": "×", "/": "÷", "-": "−"})
_NO_SPACE_BEFORE = frozenset({",", ";", ":", ")", "]", "分", "[", "(含)", "(不含)"})
_NO_SPACE_AFTER = frozenset({"(", "["})
_SIGNED = frozenset({"neg", "minus"})
_AUTHORED = frozenset({"NAME", "CNAME", "LNAME", "STRING"})
_TIGHT_AFTER = frozenset({",", ":", ";", "每", "扣", "加", "计", "得"})
_JOINED = frozenset({("达到即先", "扣"), ("达到即先", "加")})


def write_document(document: Document, lang: Lang) -> str:
    """Write a document in a keyword language; reading it back gives the same tree."""
    writer = _Writer(load(), lang)
    lines: list[str] = []
    in_tree = False
    for statement in document.statements:
        in_tree = in_tree or statement.kind in ("st_heading", "st_indicator", "st_standard")
        lines.extend(writer.statement(statement, in_tree=in_tree))
    lines.extend(f"# {comment}".rstrip() for comment in document.end_comments)
    return "\n".join(lines).strip("\n") + "\n"


def write_tree(tree: Tree, lang: Lang) -> str:
    """Write one phrase on one line."""
    return _Writer(load(), lang).text(tree)


class _Own(str):
    """A word of the author's: it is spaced as any other word, whatever it spells."""

    __slots__ = ()


class _Sign(str):
    """The sign of a number: the number follows at once."""

    __slots__ = ()


class _Call(str):
    """The name of a function: its bracket follows at once."""

    __slots__ = ()


class _Writer:
    def __init__(self, grammar: Grammar, lang: Lang) -> None:
        self.grammar, self.lang = grammar, lang
        self._done: dict[int, tuple[Tree, list[str]]] = {}

    def statement(self, statement: Statement, *, in_tree: bool) -> list[str]:
        indent = "  " * _indent(statement, in_tree=in_tree)
        lines = [""] if statement.blank_before else []
        lines.extend(f"{indent}# {comment}".rstrip() for comment in statement.comments)
        body = self.rule(statement.tree, indent) if statement.kind == RULE else [self.text(statement.tree)]
        body[0] = indent + body[0]
        text = _hang("\n".join(body), indent)
        lines.append(f"{text}  # {statement.trailing}" if statement.trailing else text)
        return lines

    def rule(self, tree: Node, indent: str) -> list[str]:
        word = "评价标准" if self.lang == "zh" else "rule"
        clauses = [self.text(clause) for clause in tree.children]
        end = "；" if self.lang == "zh" else ";"
        if not clauses:
            return [word]
        ended = [clause + end for clause in clauses[:-1]] + clauses[-1:]
        first = [f"{word} {ended[0]}"] if len(ended) == 1 else [word, f"{indent}  {ended[0]}"]
        return first + [f"{indent}  {clause}" for clause in ended[1:]]

    def text(self, tree: Tree) -> str:
        return self._join(self._words_of(tree))

    def _words_of(self, tree: Tree) -> list[str]:
        """Return the words of a tree, worked out once: each level tries several alternatives around it."""
        found = self._done.get(id(tree))
        if found is None:
            found = self._done[id(tree)] = (tree, list(self._tokens(tree)))
        return found[1]

    def _tokens(self, tree: Tree) -> Iterator[str]:
        if isinstance(tree, Leaf):
            yield self._leaf(tree)
            return
        for alternative in self.grammar.alternatives(tree.kind, self.lang):
            found = self._fill(alternative.symbols, tree.children, permuted=tree.kind in self.grammar.permuted)
            if found is not None and not found[1]:
                first, *others = found[0]
                yield _Sign(first) if tree.kind in _SIGNED else first
                yield from others
                return
        raise LookupError(f"the grammar cannot write {tree.kind} in {self.lang}")

    def _fill(
        self, symbols: tuple[Symbol, ...], children: tuple[Tree, ...], *, permuted: bool
    ) -> tuple[list[str], tuple[Tree, ...]] | None:
        """Write symbols from children; returns the words and the children left over, or None when it cannot."""
        words: list[str] = []
        left = children
        for index, symbol in enumerate(symbols):
            if symbol.terminal and not symbol.keep:
                words.append(self._word(symbol.name))
            elif symbol.name.startswith("_") and not symbol.terminal:
                return self._inline(symbol, symbols[index + 1 :], words, left, permuted=permuted)
            else:
                taken = self._take(symbol, left, permuted=permuted)
                if taken is None:
                    return None
                child, left = taken
                words.extend(self._words_of(child))
        return words, left

    def _inline(
        self,
        symbol: Symbol,
        rest: tuple[Symbol, ...],
        words: list[str],
        left: tuple[Tree, ...],
        *,
        permuted: bool,
    ) -> tuple[list[str], tuple[Tree, ...]] | None:
        """An inlined rule stands for one of its alternatives: the first with which the whole phrase comes out."""
        partial: tuple[list[str], tuple[Tree, ...]] | None = None
        for alternative in self.grammar.alternatives(symbol.name, self.lang):
            found = self._fill(alternative.symbols + rest, left, permuted=permuted)
            if found is not None and not found[1]:
                return words + found[0], found[1]
            if found is not None and partial is None:
                partial = (words + found[0], found[1])
        return partial

    def _take(
        self, symbol: Symbol, children: tuple[Tree, ...], *, permuted: bool
    ) -> tuple[Tree, tuple[Tree, ...]] | None:
        wanted = (symbol.name,) if symbol.terminal else self.grammar.accepts[symbol.name]
        for index, child in enumerate(children if permuted else children[:1]):
            if child.kind in wanted:
                return child, children[:index] + children[index + 1 :]
        return None

    def _word(self, terminal: str) -> str:
        spellings = self.grammar.words[terminal][self.lang]
        other: Lang = "en" if self.lang == "zh" else "zh"
        word = spellings[0] if spellings else self.grammar.words[terminal][other][0]
        return _Call(word) if terminal in self.grammar.functions else word

    def _leaf(self, leaf: Leaf) -> str:
        written = leaf_written(leaf.kind, leaf.text, self.lang)
        if written is not None and leaf.kind in _AUTHORED:
            return _Own(written)
        return written if written is not None else self._word(leaf.kind)

    def _join(self, words: list[str]) -> str:
        text = ""
        previous = ""
        for word in words:
            if text and self._space(previous, word):
                text += " "
            text += self._shape(word)
            previous = word
        return text

    def _shape(self, word: str) -> str:
        if self.lang == "zh" and not isinstance(word, _Own) and (len(word) == 1 or word in ("(含)", "(不含)")):
            return word.translate(_WIDE)
        return word

    def _space(self, previous: str, word: str) -> bool:
        if isinstance(word, _Own) and isinstance(previous, _Own):
            return True
        if isinstance(previous, _Own):
            return word not in _NO_SPACE_BEFORE
        if (word in _NO_SPACE_BEFORE and not isinstance(word, _Own)) or previous in _NO_SPACE_AFTER:
            return False
        if (previous, word) in _JOINED:
            return False
        if word == "(":
            return not isinstance(previous, _Call) and previous != "选自"
        if isinstance(previous, _Sign):
            return False
        if self.lang == "en":
            return word != "pp" or not previous[:1].isdigit()
        return previous not in _TIGHT_AFTER and not (previous[:1].isdigit() and find_unit(word) is not None)


def _indent(statement: Statement, *, in_tree: bool) -> int:
    if statement.kind in _TOP:
        return 0
    if statement.kind in _INDENT:
        return _INDENT[statement.kind]
    if statement.kind == "st_indicator":
        return 0
    return 1 if in_tree or statement.kind in _FORM_PARTS else 0


def _hang(text: str, indent: str) -> str:
    """Indent the further lines of quoted texts; the reader trims each line, so this changes nothing."""
    first, *rest = text.split("\n")
    return "\n".join(
        [first, *(line if line.startswith(indent + "  ") else f"{indent}  {line.strip()}" for line in rest)]
    )
