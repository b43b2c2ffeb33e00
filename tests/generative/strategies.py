"""Random rubrics, as text, and random figures for them. One file that grows with the language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from hypothesis import strategies as st

from rubric_dsl.numbers import text_of
from tests.spec.test_chapters import cases, loaded

KEYWORD_NAMES = (
    "满分率", "扣分次数", "in_target", "满分", "得", "计", "每", "例", "等级", "level_1", "measure", "max", "indicator2",
    "“三公经费”变动率", "行政0效能", "R&D经费", "above", "一级指标数", "原文", "非税收入", "and_more", "以上", "列2",
)  # fmt: skip
"""Names that begin with, contain, end in or equal a keyword."""

names = st.one_of(
    st.sampled_from(KEYWORD_NAMES),
    st.text("甲乙丙丁abc满分计得扣每", min_size=1, max_size=6),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp")), min_size=1, max_size=8),
).filter(lambda name: name.strip() == name and bool(name) and "\\" not in name)


def quoted(name: str) -> str:
    """Write a name so that it can stand anywhere."""
    escaped = name.replace('"', '\\"')
    return f'"{escaped}"'


amounts = st.integers(0, 400).map(lambda value: Fraction(value, 4))
points_values = st.integers(1, 40).map(lambda value: Fraction(value, 2))
FIELDS = ("甲", "乙", "丙")
FORMULAS = (
    "甲 ÷ 乙",
    "（甲 − 乙） ÷ 乙",
    "（甲 + 乙 − 丙） ÷ （甲 + 乙）",
    "甲 ÷ （甲 + 乙）",
    "（甲 + 丙） ÷ （乙 + 丙）",
    "最大值（甲，乙） ÷ 丙",
)


@dataclass(frozen=True)
class RandomRubric:
    """A rubric with one indicator, and what may be given for it."""

    text: str
    form: str
    points: Fraction
    inputs: tuple[str, ...]
    choices: Mapping[str, tuple[str, ...]]
    whole: bool = False
    indicator: str = "指标一"
    bounds: Mapping[str, tuple[Fraction, Fraction]] = field(default_factory=dict)


def wrap(body: str, points: Fraction, reading: str, fields: str = "") -> str:
    """Put an indicator's body into a whole rubric."""
    number = text_of(points)
    form = fields or "".join(f"  {name}：万元\n" for name in FIELDS)
    return (
        f"指标体系 试 年度 2019\n满分 {number}\n计步 {reading}\n基础数据表\n{form}"
        f"一级指标 甲类 {number}\n三级指标 指标一 {number}\n{body}"
    )


@st.composite
def step_rubrics(draw: st.DrawFn, reading: str | None = None) -> RandomRubric:
    """Step deductions: one-sided, two-sided, relative, capped, with another floor."""
    points = draw(points_values)
    side = draw(st.sampled_from(("超过", "低于", "偏离")))
    size = draw(st.sampled_from(("1个百分点", "5个百分点", "2.5个百分点", "目标的 3%")))
    target = draw(st.sampled_from(("100%", "80%", "50%")))
    amount = text_of(draw(st.integers(1, 8).map(lambda v: Fraction(v, 4))))
    tail = draw(st.sampled_from(("", "，扣完为止", f"，最多 {text_of(points / 2)}分", "，最低 −4分")))
    chosen = reading or draw(st.sampled_from(("整步", "不足一步按一步", "按比例")))
    formula = draw(st.sampled_from(FORMULAS))
    full = draw(st.sampled_from(("", f"{target} 计满分；")))
    body = f"指标值 {formula}\n评价标准 {full}以 {target} 为标准，每{side} {size}扣{amount}分{tail}\n"
    return RandomRubric(wrap(body, points, chosen), "step", points, FIELDS, {})


@st.composite
def band_rubrics(draw: st.DrawFn) -> RandomRubric:
    """Bands that cover every value, with random ends, owners and scores."""
    points = draw(points_values)
    ends = sorted(draw(st.sets(st.integers(-10, 150), min_size=1, max_size=5)))
    scores = [
        draw(st.integers(0, int(points * 2)).map(lambda v: text_of(Fraction(v, 2)))) for _ in range(len(ends) + 1)
    ]
    upper = draw(st.booleans())
    below, above = ("≤", ">") if upper else ("<", "≥")
    clauses = [f"{below} {_signed(ends[0])} 计{scores[0]}分"]
    for low, high, score in zip(ends, ends[1:], scores[1:], strict=False):
        marks = ("", "（含）") if upper else ("（含）", "")
        clauses.append(f"{_signed(low)}{marks[0]} 到 {_signed(high)}{marks[1]} 计{score}分")
    clauses.append(f"{above} {_signed(ends[-1])} 计{scores[-1]}分")
    formula = draw(st.sampled_from(FORMULAS))
    body = f"指标值 {formula}\n评价标准 {'；'.join(clauses)}\n"
    return RandomRubric(wrap(body, points, "整步"), "band", points, FIELDS, {})


def _signed(value: int) -> str:
    return f"−{-value}%" if value < 0 else f"{value}%"


@st.composite
def assessed_rubrics(draw: st.DrawFn, points: Fraction) -> RandomRubric:
    """An award, levels or items that several people rate, combined in any way, with or without a stated difference."""
    half, one = text_of(points / 2), "指标一"
    way = draw(st.sampled_from(("评委平均分", "评委去掉最高最低平均分", "评委中位分")))
    count = draw(st.integers(3, 5))
    apart = draw(st.sampled_from(("", "列出", "复核人 复")))
    before = f"评委相差超过 {text_of(points / 4)}分 {apart}，" if apart else ""
    names = [*map(str, range(1, count + 1)), *(["复"] if "复" in apart else [])]
    asked = draw(st.sampled_from(("award", "level", "item")))
    rule = {
        "award": f"评定给分 0分 到 {text_of(points)}分",
        "level": f"评为 好 计满分；评为 中 计{half}分；评为 差 不得分",
        "item": f"① “一” {half}分；② “二” {half}分，部分符合 0分",
    }[asked]
    text = wrap(f"评价标准 {rule}；{before}{way} {count}人\n", points, "整步")
    if asked == "award":
        keys = tuple(f"{one}[{name}]" for name in names)
        return RandomRubric(text, "assessors", points, keys, {}, bounds={key: (Fraction(0), points) for key in keys})
    choices: dict[str, tuple[str, ...]] = {}
    for name in names:
        if asked == "level":
            choices[f"{one}[{name}]"] = ("好", "中", "差")
        else:
            choices |= {f"{one}[{name}①]": ("是", "否"), f"{one}[{name}②]": ("是", "部分符合", "否")}
    return RandomRubric(text, "assessors", points, (), choices)


@st.composite
def other_rubrics(draw: st.DrawFn) -> RandomRubric:
    """Proportional, checklist, occurrences, levels, award, assessors; some not applicable at zero."""
    points = draw(points_values)
    kind = draw(
        st.sampled_from(("proportional", "item", "occurrence", "level", "award", "assessors", "not_applicable"))
    )
    half = text_of(points / 2)
    inputs: tuple[str, ...] = ()
    choices: dict[str, tuple[str, ...]] = {}
    one = "指标一"
    if kind == "proportional":
        more = text_of(points * 3 / 2)
        tail = draw(st.sampled_from(("最多 满分", f"最多 {half}分", f"最多 {more}分", "不封顶")))
        before = "≥ 130% 计满分；" if tail == "不封顶" else ""
        after = draw(st.sampled_from(("", "；每出现 1次 “迟报” 扣0.5分", "；以 80% 为标准，每超过 10个百分点加1分")))
        within = f"总分限于 0分 到 {more}分\n" if tail in ("不封顶", f"最多 {more}分") else ""
        body = f"指标值 甲 ÷ 乙\n评价标准 {before}按比例计分，{tail}{after}\n{within}"
        inputs = (*FIELDS, f"{one}[迟报]") if "迟报" in after else FIELDS
        return RandomRubric(wrap(body, points, "整步"), kind, points, inputs, choices, whole="迟报" in after)
    if kind == "item":
        body = f"评价标准 ① “一” {half}分；② “二” {half}分\n"
        choices = {f"{one}[①]": ("是", "否"), f"{one}[②]": ("是", "否")}
    elif kind == "occurrence":
        tail = draw(st.sampled_from(("", "，扣完为止", f"，最多 {half}分")))
        body = f"评价标准 每出现 1例 违反 ① “一”，② “二” 扣0.5分{tail}\n"
        inputs = (f"{one}[①]", f"{one}[②]")
        return RandomRubric(wrap(body, points, "整步"), kind, points, inputs, choices, whole=True)
    elif kind == "level":
        body = f"评价标准 评为 好 计满分；评为 中 计{half}分；评为 差 不得分\n"
        choices = {one: ("好", "中", "差")}
    elif kind == "award":
        body, inputs = f"评价标准 评定给分 0分 到 {half}分\n", (one,)
    elif kind == "assessors":
        return draw(assessed_rubrics(points))
    else:
        outcome = draw(st.sampled_from(("计满分", "不得分", f"计{half}分")))
        condition = draw(st.sampled_from(("乙 = 0", "甲 = 0 且 乙 = 0", "甲 = 0 或 乙 = 0", "并非（乙 > 0）")))
        body = f"指标值 甲 ÷ 乙\n评价标准 ≤ 100% 计满分；每超过 1个百分点扣0.5分\n不适用当 {condition} {outcome}\n"
        inputs = ("甲", "乙")
    return RandomRubric(wrap(body, points, "整步"), kind, points, inputs, choices)


METHODS = (
    "合计", "平均", "取最低", "取最高", "最高的 1 项 平均", "最高的 2 项 平均", "取最低且有更高的加 0.5分", "几何平均",
    "平均，至少 2 项", "合计，至少 2 项", "加权平均",
)  # fmt: skip
OUTCOMES = ("计满分", "不得分", "不计入并由同级分担", "不计入并由全部分担")
REDUCED = ("不计入并减少满分",)
AFTER = (
    "加分项 加 3\n评价标准 评定给分 0分 到 3分\n", "扣分项 扣 4\n评价标准 每出现 1次 扣1分\n", "系数 难 = 甲 ÷ 100万元\n",
    "否决 一 当 乙 > 50万元 总分为零\n", "否决 二 当 得分（一甲） < 2 等级最高 中\n", "否决 三 当 总分 > 12 等级降 1 级\n",
    "否决 四 当 得分（一甲） < 3 其余只得基本分\n", "否决 五 当 乙 > 70万元 扣2分\n",
)  # fmt: skip


@st.composite
def tree_rubrics(draw: st.DrawFn) -> RandomRubric:
    """Two headings of two or three parts, combined in any way; parts that may not apply; anything after the total."""
    graded = draw(st.booleans())
    outcomes = OUTCOMES if graded else OUTCOMES + REDUCED
    lines = ["指标体系 试 年度 2019", "满分 20", "计步 整步", *(["等级 优 ≥ 15，中 ≥ 8，差 < 8"] if graded else [])]
    lines += [draw(st.sampled_from(("合计方式 合计", "合计方式 合计，至少 2 项")))]
    lines += ["舍入 小计 到 0.01，四舍五入", "基础数据表", "  甲：万元", "  乙：万元", "  丙：万元"]
    inputs = ["甲", "乙", "丙"]
    for heading in "一二":
        method = draw(st.sampled_from(METHODS))
        size = draw(st.integers(2, 3))
        summed = method.startswith("合计")
        lines += [f"一级指标 {heading} 10", f"合计方式 {method}"]
        shares = ["4", "6"] if size == 2 else ["4", "4", "2"]
        for name, share in zip("甲乙丙", shares, strict=False):
            weight = ""
            if method == "加权平均":
                weight = f" 权重 {'50%' if size == 2 else {'甲': '50%', '乙': '30%', '丙': '20%'}[name]}"
            lines += [f"三级指标 {heading}{name} {share if summed else '10'}分{weight}", "基本分 1分"]
            if draw(st.booleans()):
                lines += [f"指标值 {draw(st.sampled_from(FORMULAS))}", "评价标准 按比例计分，最多 满分"]
            else:
                lines.append(f"评价标准 评定给分 0分 到 {share if summed else '10'}分")
                inputs.append(f"{heading}{name}")
            if draw(st.booleans()):
                lines.append(
                    f"不适用当 {draw(st.sampled_from(('甲 > 30万元', '乙 = 0', '丙 < 20万元')))} {draw(st.sampled_from(outcomes))}"
                )
    allowed = [text for text in AFTER if graded or "等级" not in text]
    after = draw(st.lists(st.sampled_from(allowed), unique=True, max_size=3))
    inputs += [name for name in ("加", "扣") if any(f"分项 {name}" in text for text in after)]
    text = "\n".join(lines) + "\n" + "".join(after) + "总分限于 0分 到 23分\n"
    bounds = {name: (Fraction(0), Fraction(2)) for name in inputs if len(name) > 1 or name == "加"}
    return RandomRubric(text, "tree", Fraction(20), tuple(inputs), {}, True, "一甲", bounds)


def from_chapter(text: str) -> RandomRubric:
    """Take a rubric of the spec chapters, so that a form with a chapter is generated without a line here."""
    rubric = loaded(text)
    indicator = list(rubric.indicators.values())[-1]
    asked = [item for each in rubric.indicators.values() for item in each.inputs]
    given = [item for item in rubric.model.fields.values() if item.formula is None]
    choices = {item.key: item.options for item in asked if item.options}
    choices |= {item.key: item.options for item in given if item.options}
    choices |= {item.key: (*item.options, "无数据") for item in given if item.options and item.nullable}
    numbers = [item for item in asked if not item.options]
    fields = [item.key for item in given if not item.options]
    bounds = {item.key: (item.low, item.high) for item in numbers if item.high is not None}
    whole = any(item.kind == "count" for item in numbers) or any(item.whole for item in given)
    inputs = (*fields, *(item.key for item in numbers))
    return RandomRubric(text, "chapter", indicator.points, inputs, choices, whole, indicator.name, bounds)


CHAPTERS = tuple(from_chapter(text) for _, text, kind, _ in cases() if kind == "scores")
chapter_rubrics = st.sampled_from(CHAPTERS)
rubrics = st.one_of(step_rubrics(), band_rubrics(), other_rubrics(), tree_rubrics(), chapter_rubrics)


@st.composite
def figures(draw: st.DrawFn, rubric: RandomRubric) -> dict[str, object]:
    """Complete figures for a random rubric, with exact edges often met."""
    found: dict[str, object] = {}
    for key in rubric.inputs:
        if key in rubric.bounds:
            low, high = rubric.bounds[key]
            found[key] = low + (high - low) * draw(st.sampled_from((Fraction(0), Fraction(1, 3), Fraction(1))))
        elif rubric.form == "award":
            found[key] = rubric.points / 2 * draw(st.sampled_from((Fraction(0), Fraction(1, 2), Fraction(1))))
        elif rubric.whole or key == "人数":
            found[key] = draw(st.integers(0, 30))
        else:
            found[key] = draw(
                st.one_of(
                    amounts,
                    st.integers(0, 200).map(Fraction),
                    st.sampled_from((Fraction(100), Fraction(105), Fraction(0))),
                )
            )
    for key, options in rubric.choices.items():
        found[key] = draw(st.sampled_from(options))
    return found
