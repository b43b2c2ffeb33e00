"""A short rubric to start from: a form, three scoring forms, grades and examples, with comments."""

from __future__ import annotations

from fractions import Fraction

from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.numbers import text_of
from rubric_dsl.records import dataclass
from rubric_dsl.source import Source
from rubric_dsl.syntax.leaves import leaf_written, quote
from rubric_dsl.syntax.parse import parse
from rubric_dsl.syntax.write import write_document

MAX_POINTS = 1_000_000
MAX_NAME = 100
_MOST_DECIMALS = 6
_LEAST_WHOLE = 10

DEFAULT_NAME = Text("部门绩效评价", "sample_rubric")

_ZH = """\
# 一份可以直接运行的评分规则。改成自己的名称、分值、数据项和评价标准。
# 写好以后：rubric check 检查，rubric test 运行例子，rubric data 写出空白数据。
指标体系 {name}{edition}
# 依据 “文件名称”，文号 “…”
满分 {points}分
# 扣分不足一步时怎样算：整步、不足一步按一步、按比例。
计步 整步
等级 优 ≥ {g90}分，良 ≥ {g80}分，中 ≥ {g60}分，差 < {g60}分

# 部门填报的数，每个写明单位。
基础数据表
  组 人员
  编制数：人，整数，> 0，“机构编制部门核定的人数”
  在职人员数：人，整数
  组 效果
  满意度：比率，“社会调查得出的满意率”

一级指标 投入 {a}分

# 按步扣分。原文照录官方文字；原文没有说清的，用“决定”写明口径和理由。
三级指标 在职人员控制率 {a}分
  原文 “以100%为标准，每超过一个百分点扣{step}分，扣完为止。”
  指标值 在职人员数 ÷ 编制数
  评价标准
    ≤ 100% 计满分；
    每超过 1个百分点 扣{step}分，扣完为止
  例 在职人员数 = 100，编制数 = 100 计{a}分
  例 在职人员数 = 101，编制数 = 100 计{a_less}分
  例 在职人员数 = 12，编制数 = 10 计0分

一级指标 过程 {b}分

# 评价要点：每一项由评审专家填“是”或“否”。
三级指标 管理制度健全性 {b}分
  评价标准
    ① “有内部财务管理制度” {half_b}分；
    ② “制度得到有效执行” {half_b}分
  例 ① = 是，② = 是 计{b}分
  例 ① = 是，② = 否 计{half_b}分

一级指标 效果 {c}分

# 分档：每个端点写明归哪一档。
三级指标 服务对象满意度 {c}分
  指标值 满意度
  评价标准
    90%（含）以上 计满分；
    80%（含）到 90% 计{half_c}分；
    < 80% 不得分
  例 满意度 = 90% 计{c}分
  例 满意度 = 89.9% 计{half_c}分
  例 满意度 = 79.9% 计0分
"""
_EN = """\
# A rubric that runs as it is. Put in your own names, points, figures and rules.
# Then: rubric check, rubric test (runs the examples), rubric data (writes blank data).
rubric {name}{edition}
# source "title of the document", number "…"
points {points}
# What a part of a step costs: whole steps, started steps or pro rata.
steps whole steps
grades excellent >= {g90}, good >= {g80}, fair >= {g60}, poor < {g60}

# The figures that departments fill in, each with its unit.
form
  group staff
  posts: persons, whole, > 0, "posts that were approved"
  staff: persons, whole
  group results
  satisfaction: ratio, "share of the people asked who are satisfied"

level 1 input {a}

# Step deduction. The wording is the official text, word for word; what it leaves open is a decision with its reason.
level 3 staffing {a}
  wording "100% is the standard; {step} points off for each percentage point above it."
  measure staff / posts
  rule
    <= 100% scores full marks;
    deduct {step} per 1pp above, to zero
  example staff = 100, posts = 100 scores {a}
  example staff = 101, posts = 100 scores {a_less}
  example staff = 12, posts = 10 scores 0

level 1 process {b}

# A checklist: the assessor answers yes or no to each item.
level 3 rules_in_place {b}
  rule
    ① "there are rules for finance" {half_b};
    ② "they are followed" {half_b}
  example ① = yes, ② = yes scores {b}
  example ① = yes, ② = no scores {half_b}

level 1 effect {c}

# Bands: each end belongs to one band.
level 3 satisfied_public {c}
  measure satisfaction
  rule
    90%(included) or more scores full marks;
    80%(included) to 90% scores {half_c};
    < 80% no points
  example satisfaction = 90% scores {c}
  example satisfaction = 89.9% scores {half_c}
  example satisfaction = 79.9% scores 0
"""


@dataclass(frozen=True, slots=True)
class Starter:
    """What a new rubric is called, its edition (empty for none) and its points."""

    name: str
    edition: str = ""
    points: Fraction = Fraction(100)

    def problem(self) -> Text | None:
        """Say why no rubric can be made of this, None when it can."""
        for words, text in ((Text("名称", "the name"), self.name), (Text("年度", "the edition"), self.edition)):
            if len(text) > MAX_NAME or not text.isprintable():
                return Text(
                    f"{words.zh}要写成一行，最多 {MAX_NAME} 个字符",
                    f"{words.en} must be one line of at most {MAX_NAME} characters",
                )
        if not self.name.strip():
            return Text("名称是空的", "the name is empty")
        decimals = 10**_MOST_DECIMALS % self.points.denominator == 0
        if not 0 < self.points <= MAX_POINTS or not decimals:
            return Text(
                f"满分要大于 0，不超过 {MAX_POINTS:,}，最多 {_MOST_DECIMALS} 位小数",
                f"the points must be above 0, at most {MAX_POINTS:,}, with at most {_MOST_DECIMALS} decimals",
            )
        return None

    def text(self, lang: Lang) -> str:
        """Return the rubric, formatted.

        Raises:
            ValueError: see ``problem``.
        """
        problem = self.problem()
        if problem is not None:
            raise ValueError(problem.en)
        template = _ZH if lang == "zh" else _EN
        written = template.format(**self._names(lang), **_amounts(self.points))
        return write_document(parse(Source("-", written))[0], lang)

    def _names(self, lang: Lang) -> dict[str, str]:
        keyword = Text(" 年度 ", " edition ").to(lang)
        edition = self.edition.strip()
        shown = edition if edition.isascii() and edition.isdigit() else quote(edition, lang)
        name = leaf_written("NAME", self.name.strip(), lang) or ""
        return {"name": name, "edition": keyword + shown if edition else ""}


def _amounts(points: Fraction) -> dict[str, str]:
    """Share the points out over the three indicators, in whole numbers where there are enough of them."""
    a = b = points * 3 / 10
    if points.denominator == 1 and points >= _LEAST_WHOLE:
        a = b = Fraction(points * 3 // 10)
    c, step = points - a - b, a / 10
    amounts = {"points": points, "a": a, "b": b, "c": c, "step": step, "a_less": a - step}
    amounts |= {"half_b": b / 2, "half_c": c / 2}
    amounts |= {f"g{share}": points * share / 100 for share in (90, 80, 60)}
    return {name: text_of(Fraction(value)) for name, value in amounts.items()}
