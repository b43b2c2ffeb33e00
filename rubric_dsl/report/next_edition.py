"""The next edition of a rubric: it keeps everything, and lists what speaks of a year."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.model.editions import put_together, read_document, shifted_years
from rubric_dsl.model.model import Model
from rubric_dsl.model.outline import FORM, declared_names, is_named, label_of
from rubric_dsl.records import dataclass
from rubric_dsl.report.starter import MAX_NAME
from rubric_dsl.source import Source
from rubric_dsl.syntax.leaves import leaf_written, quote
from rubric_dsl.syntax.tree import Statement, leaves_of

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_SHOWN = 40
"""So many characters of a text are shown."""


@dataclass(frozen=True, slots=True)
class NextEdition:
    """What ``rubric new --from`` writes: ``model`` is the earlier edition, ``file`` its name in the same folder.

    ``sources`` are its text and those of the editions that it stands on, nearest first. ``edition`` is the later one, or None for the year after the earlier one's; ``title`` another name for the rubric.
    """

    model: Model
    sources: tuple[Source, ...]
    file: str
    edition: str | None = None
    title: str | None = None

    @property
    def name(self) -> str:
        """The rubric's name."""
        return self.model.name if self.title is None else self.title

    @property
    def year(self) -> str:
        """The edition; empty where it must be stated."""
        if self.edition is not None:
            return self.edition.strip()
        return str(int(self.model.edition) + 1) if _YEAR.fullmatch(self.model.edition) else ""

    def problem(self) -> Text | None:
        """Say why no edition can be made, None when it can."""
        if not self.year or len(self.year) > MAX_NAME or not self.year.isprintable():
            return Text("写明年度，如：--edition 2020", "state the edition, for instance: --edition 2020")
        if self.year == self.model.edition:
            words = f"{self.file} 已经是 {self.year} 年度", f"{self.file} is edition {self.year} already"
            return Text(*words)
        if not self.name.strip() or len(self.name) > MAX_NAME or not self.name.isprintable():
            return Text(
                f"名称要写成一行，最多 {MAX_NAME} 个字符", f"the name must be one line of at most {MAX_NAME} characters"
            )
        return None

    def text(self) -> str:
        """Return the edition, in the keyword language of the earlier one."""
        lang: Lang = "zh" if self.model.language == "zh" else "en"
        edition = self.year if self.year.isascii() and self.year.isdigit() else quote(self.year, lang)
        name = leaf_written("NAME", self.name.strip(), lang) or ""
        file = quote(self.file, lang)
        head = Text(
            f"指标体系 {name} 年度 {edition}\n沿用 {file}\n保留其余\n",
            f"rubric {name} edition {edition}\ninherits {file}\nkeep the rest\n",
        ).to(lang)
        return head + "".join(f"# {line}".rstrip() + "\n" for line in self._comments(lang))

    def to_look_at(self) -> list[str]:
        """Return the places of the earlier edition that speak of a year, each as ``file:line: text``."""
        return [f"{name}:{line}: {text}" for name, line, text in self._years() if name]

    def _comments(self, lang: Lang) -> Iterator[str]:
        yield Text(
            "没有写到的都与上一年度相同。要改的写在下面，例如：",
            "What is not spoken of stays as it was. Write below what changes, for instance:",
        ).to(lang)
        yield Text("满分 100分", "points 100").to(lang)
        yield Text("修改 指标名称 6分", "change INDICATOR 6").to(lang)
        yield Text("删去 指标名称", "drop INDICATOR").to(lang)
        renames = list(self._renames(lang))
        if renames:
            yield ""
            yield Text(
                "数据表的名称写着年份。要改的，去掉下面各行的 #：",
                "Names of the form hold years. To change them, remove the # of these lines:",
            ).to(lang)
            yield from renames
        years = list(self._years())
        if years:
            yield ""
            yield Text("提到年份的地方，请逐条核对：", "These speak of a year; look at each:").to(lang)
            for name, line, text in years:
                yield Text(f"{name} 第 {line} 行：{text}", f"{name} line {line}: {text}").to(lang)

    def _renames(self, lang: Lang) -> Iterator[str]:
        if not (_YEAR.fullmatch(self.model.edition) and _YEAR.fullmatch(self.year)):
            return
        by = int(self.year) - int(self.model.edition)
        for old in dict.fromkeys(name for s in self._statements() if s.kind in FORM for name in declared_names(s)):
            new = shifted_years(old, by)
            if new != old:
                old_written, new_written = (leaf_written("CNAME", name, lang) or "" for name in (old, new))
                yield Text(f"原名 {old_written}，现名 {new_written}", f"formerly {old_written}, now {new_written}").to(
                    lang
                )

    def _statements(self) -> tuple[Statement, ...]:
        """Return all that the earlier edition says, what it keeps included; years that follow the edition say so."""
        own = self.sources[0]
        opened = {source.name: source for source in self.sources[1:]}
        return put_together(own, read_document(own)[0], opened.get).document.statements

    def _years(self) -> Iterator[tuple[str, int, str]]:
        for statement in self._statements():
            source = statement.origin or self.sources[0]
            if is_named(statement) or statement.kind in ("st_columns", "st_group", "st_rubric"):
                known = declared_names(statement)
                texts = [x.text for x in leaves_of(statement.tree) if x.kind == "STRING" and x.text not in known]
            elif statement.kind in ("rule", "st_measure", "st_example", "st_check", "st_case", "st_rename"):
                continue
            else:
                texts = [leaf.text for leaf in leaves_of(statement.tree)]
            found = next((text for text in texts if _YEAR.search(text)), None)
            if found is not None and statement.kind != "st_rubric":
                at = _YEAR.search(found)
                start = max(0, (at.start() if at else 0) - _SHOWN // 2)
                shown = ("…" if start else "") + found[start : start + _SHOWN].replace("\n", " ")
                label = label_of(statement)
                shown = shown if not label or label == found else f"{label[:_SHOWN]}：{shown}"
                yield source.name.rpartition("/")[2], source.position(statement.span.start)[0], shown
