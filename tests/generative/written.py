"""Rubrics of the model (``tests/meaning.py``) written as text, in either keyword language."""

from __future__ import annotations

from fractions import Fraction

from tests import meaning as m

MODES = {
    "half up": "四舍五入", "half even": "四舍六入五成双", "up": "进一", "down": "去尾", "floor": "向下", "ceiling": "向上",
}  # fmt: skip
READINGS = {
    "whole": ("整步", "whole steps"),
    "started": ("不足一步按一步", "started steps"),
    "pro rata": ("按比例", "pro rata"),
}
SIDES = {"above": "超过", "below": "低于", "off": "偏离"}
SIGNS = {"<=": "≤", ">=": "≥", "<": "<", ">": ">", "=": "=", "!=": "≠"}
UNITS = {
    "万元": "wan_yuan", "元": "yuan", "比率": "ratio", "天": "days", "件": "pieces", "人": "persons", "例": "cases", "数": "number", "个百分点": "pp",
    "次": "times",
}  # fmt: skip
FUNCTIONS = {
    "max": "最大值",
    "min": "最小值",
    "abs": "绝对值",
    "sum": "合计",
    "mean": "平均",
    "sqrt": "平方根",
    "log10": "常用对数",
}
OF_GROUP = {"mean": "平均", "highest": "最高", "lowest": "最低", "count": "个数", "quantile": "分位"}
WAYS = {
    "sum": "合计", "mean": "平均", "weighted mean": "加权平均", "lowest": "取最低", "highest": "取最高", "geometric mean": "几何平均",
    "none": "不合计",
}  # fmt: skip
OUTCOMES = {
    "siblings": ("不计入并由同级分担", "excluded and shared by siblings"),
    "all": ("不计入并由全部分担", "excluded and shared by all"),
    "reduced": ("不计入并减少满分", "excluded and full points reduced"),
}
OUTSIDE = {"held": "两端之外 不变", "extended": "两端之外 延长", "zero": "两端之外 得0分"}
PROPORTIONAL = {
    "direct": ("按比例计分", "proportional"), "inverse": ("按反比例计分", "inversely proportional"),
    "excess": ("按超出比例扣减", "reduced by the excess"),
}  # fmt: skip
ASSESSORS = {
    "mean": ("评委平均分", "mean of assessors"), "trimmed": ("评委去掉最高最低平均分", "trimmed mean of assessors"),
    "median": ("评委中位分", "median of assessors"),
}  # fmt: skip


def plain(number: Fraction) -> str:
    """Write a number that ends; without a sign."""
    places = 0
    while (number * 10**places).denominator != 1:
        places += 1
        assert places < 30, number
    digits = str(abs(number.numerator * 10**places // number.denominator)).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


class Writer:
    """Writes in Chinese (``zh``) or English keywords."""

    def __init__(self, lang: str) -> None:
        self.zh = lang == "zh"

    def say(self, zh: str, en: str) -> str:
        return zh if self.zh else en

    def points(self, number: Fraction) -> str:
        return plain(number) + self.say("分", "")

    def signed(self, number: Fraction) -> str:
        return ("-" if number < 0 else "") + self.points(number)

    # formulas

    def number(self, number: m.Number) -> str:
        unit = number.unit
        sign = "-" if number.written < 0 else ""
        if unit in ("", "%"):
            return f"{sign}{plain(number.written)}{unit}"
        return (
            sign
            + plain(number.written)
            + self.say("个百分点" if unit == "pp" else unit, "pp" if unit == "pp" else " " + UNITS[unit])
        )

    def formula(self, formula: m.Formula) -> str:
        match formula:
            case m.Number():
                return self.number(formula) if formula.written >= 0 else f"({self.number(formula)})"
            case m.Figure():
                return formula.address
            case m.Arithmetic(left, sign, right):
                shown = {"*": "×", "/": "÷"}.get(sign, sign) if self.zh else sign
                return f"({self.formula(left)} {shown} {self.formula(right)})"
            case m.Call(function, parts):
                return f"{self.say(FUNCTIONS[function], function)}({', '.join(map(self.formula, parts))})"
            case m.Series(function, name, columns):
                which = (
                    self.say("各列", "each")
                    if len(columns) > 2
                    else f"{columns[0]} {self.say('到', 'to')} {columns[-1]}"
                )
                return f"{self.say(FUNCTIONS[function], function)}({name}[{which}])"
            case m.Rounded(inner, rounding, function):
                own = self.formula(inner)
                own = f"{self.say(FUNCTIONS[function], function)}({own})" if function else own
                return f"{self.say('舍入', 'rounded')}({own}, {self.rounding(rounding)})"
            case m.Choice(condition, then, otherwise):
                first, second, third = self.condition(condition), self.formula(then), self.formula(otherwise)
                return "({} {} {} {} {} {})".format(
                    self.say("若", "if"), first, self.say("则", "then"), second, self.say("否则", "else"), third
                )
            case m.OwnMeasure():
                return self.say("指标值", "measure")
            case m.RunningTotal():
                return self.say("总分", "total")
            case m.OfIndicator(what, name):
                return f"{self.say({'score': '得分', 'measure': '指标值'}[what], what)}({name})"
            case m.Counted(conditions):
                return f"{self.say('满足个数', 'count')}({', '.join(map(self.condition, conditions))})"
            case m.OfGroup():
                return self._of_group(formula)
            case m.Rank(figure, high_to_low, ties):
                order = self.say(
                    "从高到低" if high_to_low else "从低到高", "high to low" if high_to_low else "low to high"
                )
                shared = {
                    "first": "", "mean": self.say(", 并列取平均", ", ties share the mean"),
                    "last": self.say(", 并列取末位", ", ties take the last"),
                }[ties]  # fmt: skip
                return f"{self.say('名次', 'rank')}({figure.address}, {order}{shared})"
            case _:
                raise TypeError(formula)

    def _of_group(self, formula: m.OfGroup) -> str:
        parts = [formula.figure.address]
        if formula.drop_highest:
            parts.append(f"{self.say('去最高', 'drop highest')} {formula.drop_highest}")
        if formula.drop_lowest:
            parts.append(f"{self.say('去最低', 'drop lowest')} {formula.drop_lowest}")
        if formula.what == "quantile":
            parts.append(f"{plain(formula.share * 100)}%")
        return f"{self.say('同组' + OF_GROUP[formula.what], 'cohort_' + formula.what)}({', '.join(parts)})"

    def rounding(self, rounding: m.Rounding) -> str:
        return f"{plain(rounding.step)}, {self.say(MODES[rounding.way], rounding.way)}"

    def condition(self, condition: m.Condition) -> str:
        match condition:
            case m.Compare(left, sign, right):
                return f"{self.formula(left)} {SIGNS[sign] if self.zh else sign} {self.formula(right)}"
            case m.Chosen(name, option, sign):
                return f"{name} {SIGNS[sign] if self.zh else sign} {option}"
            case m.Unavailable(figure):
                return f"{self.say('无数据', 'unavailable')}({figure.address})"
            case m.Not(part):
                return f"{self.say('并非', 'not')}({self.condition(part)})"
            case m.Every(parts):
                return self.say(" 且 ", " and ").join(f"({self.condition(part)})" for part in parts)
            case m.Some(parts):
                return self.say(" 或 ", " or ").join(f"({self.condition(part)})" for part in parts)

    # what a case gives

    def gives(self, gives: m.Gives) -> str:
        to = self.say("到", "to")
        scores = self.say("计", "scores ")
        match gives:
            case m.Fixed(points):
                return scores + self.signed(points)
            case m.Full():
                return self.say("计满分", "scores full marks")
            case m.Nothing():
                return self.say("不得分", "no points")
            case m.OnALine(first, last):
                return f"{scores}{self.signed(first)} {to} {self.signed(last)} {self.say('按直线', 'on a line')}"
            case m.ByFormula(formula):
                return f"{scores}({self.formula(formula)}){self.say('分', '')}"
            case m.Picked(low, high):
                return f"{scores}{self.signed(low)} {to} {self.points(high)} {self.say('由评定', 'as assessed')}"
            case m.Minus(points):
                return self.say("扣", "minus ") + self.points(points)
            case m.OnScale(grade):
                return f"{self.say('评为', 'rated')} {grade}"

    def bound(self, formula: m.Formula) -> str:
        if isinstance(formula, m.Number):
            return self.number(formula)
        own = self.formula(formula)
        return own if own.startswith("(") else f"({own})"

    def region(self, band: m.Band) -> str:
        if band.low is not None and band.high is not None:
            if band.low == band.high:
                return f"= {self.bound(band.low)}"
            return f"{self._end(band.low, band.owns_low)} {self.say('到', 'to')} {self._end(band.high, band.owns_high)}"
        end, owned = (band.low, band.owns_low) if band.low is not None else (band.high, band.owns_high)
        assert end is not None
        if isinstance(end, m.Number) and end.written % 2:  # a band with one end can be written in two ways
            words = self.say("以上", "or more") if band.low is not None else self.say("以下", "or less")
            return f"{self.bound(end)}{self._mark(owned)} {words}"
        sign = (">" if band.low is not None else "<") + ("=" if owned else "")
        return f"{SIGNS[sign] if self.zh else sign} {self.bound(end)}"

    def _end(self, end: m.Formula, owned: bool) -> str:
        return self.bound(end) + self._mark(owned)

    def _mark(self, owned: bool) -> str:
        return self.say("（含）", " (included)") if owned else self.say("（不含）", " (excluded)")

    # clauses

    def rule(self, rule: m.Rule) -> list[str]:
        last = [case for case in rule.cases if isinstance(case, m.Otherwise)]
        found = [text for case in rule.cases if case not in last for text in self.case(case)]
        found += [self.say("分档得分另加", "bands add to the rest")] if rule.bands_add else []
        found += [text for form in rule.forms for text in self.form(form)]
        if rule.assessors is not None:
            found.append(self.assessors(rule.assessors))
        return found + [f"{self.say('否则', 'otherwise')} {self.gives(case.gives)}" for case in last]

    def case(self, case: m.Case) -> list[str]:
        match case:
            case m.Band():
                return [f"{self.region(case)} {self.gives(case.gives)}"]
            case m.When(condition, gives):
                return [f"{self.say('当', 'when')} {self.condition(condition)} {self.gives(gives)}"]
            case m.AndSoOn():
                raise TypeError(case)
            case m.Lookup(keys, _, any_order):
                order = self.say("，不分先后", ", in any order") if any_order else ""
                return [f"{self.say('查表按', 'look up')} {', '.join(keys)}{order}", *self.rows(case)]
            case _:
                raise TypeError(case)

    def rows(self, table: m.Lookup) -> list[str]:
        word = self.say("组合", "combination")
        return [f"{word} {', '.join(map(self.cell, row.cells))} {self.gives(row.gives)}" for row in table.rows]

    def cell(self, cell: str | m.Band | None) -> str:
        if cell is None:
            return self.say("任意", "any")
        return f"({self.region(cell)})" if isinstance(cell, m.Band) else cell

    def size(self, size: m.Formula | m.OfTarget) -> str:
        if isinstance(size, m.Formula):
            return self.bound(size)
        if isinstance(size.share, m.Formula):
            share = self.bound(size.share)
            return self.say(f"目标的 {share}", f"{share} of target")
        return self.say(f"目标的 {plain(size.share * 100)}%", f"{plain(size.share * 100)}% of target")

    def _at_most(self, most: Fraction | None) -> list[str]:
        return [] if most is None else [self.say("最多 ", "at most ") + self.points(most)]

    def _floor(self, floor: Fraction | None) -> list[str]:
        if floor is None:
            return []
        return [self.say("扣完为止", "to zero")] if floor == 0 else [self.say("最低 ", "down to ") + self.signed(floor)]

    def _cap(self, most: Fraction | m.Full | None) -> str:
        if most is None:
            return self.say("不封顶", "uncapped")
        return self.say("最多 满分", "at most full marks") if isinstance(most, m.Full) else self._at_most(most)[0]

    def _down_to(self, floor: Fraction | None) -> list[str]:
        return [] if floor is None else [self.say("最低 ", "down to ") + self.signed(floor)]

    def _reading(self, reading: str) -> list[str]:
        return [self.say(*READINGS[reading])] if reading else []

    def _rate(self, points: Fraction | m.Formula) -> str:
        return self.bound(points) + self.say("分", "") if isinstance(points, m.Formula) else self.points(points)

    def _stepwise(self, form: m.Steps, options: list[str]) -> str:
        target = "" if form.target is None else self.bound(form.target)
        size, tail = self.size(form.size), "".join(f", {option}" for option in options)
        if self.zh:
            verb = "加" if isinstance(form, m.Bonus) else "扣"
            first = f"以 {target} 为标准，" if target else ""
            return f"{first}每{SIDES[form.side]} {size} {verb}{self._rate(form.points)}{tail}"
        verb = "add" if isinstance(form, m.Bonus) else "deduct"
        return f"{verb} {self._rate(form.points)} per {size} {form.side} {target}{tail}"

    def _tier(self, form: m.Steps, points: Fraction | m.Formula, threshold: m.Number) -> str:
        verb = "加" if isinstance(form, m.Bonus) else "扣"
        if self.zh:
            return f"{SIDES[form.side]} {self.number(threshold)} 的部分 每步{verb}{self._rate(points)}"
        return f"{self._rate(points)} per step {form.side} {self.number(threshold)}"

    def form(self, form: m.Form) -> list[str]:
        match form:
            case m.Steps():
                verb = "加" if isinstance(form, m.Bonus) else "扣"
                options = [*self._reading(form.reading), *self._floor(form.down_to), *self._at_most(form.at_most)]
                if form.start:
                    options.append(self.say(f"达到即先{verb}", "starting with ") + self.points(form.start))
                options += [self._tier(form, points, threshold) for points, threshold in form.tiers]
                if form.tier_way:
                    options.append(
                        self.say({"marginal": "分段累计", "replacing": "整段替换"}[form.tier_way], form.tier_way)
                    )
                if isinstance(form, m.Bonus) and form.may_pass:
                    options.append(self.say("可超过满分", "may pass full marks"))
                return [self._stepwise(form, options)]
            case m.Occurrences():
                found = [self.occurrence(clause, "deduct") for clause in form.clauses]
                if form.heaviest_only:
                    found.append(self.say("就高不就低", "heaviest only"))
                if form.together_at_most is not None:
                    found.append(self.say("各项合计最多", "all together at most ") + self.points(form.together_at_most))
                return found
            case m.Rewards():
                return [self.occurrence(clause, "add") for clause in form.clauses]
            case m.Base(points):
                return [self.say("基础分 ", "base ") + self.points(points)]
            case m.Ladder():
                return self.ladder(form)
            case m.Proportional():
                options = []
                if form.target is not None:
                    target = self.bound(form.target)
                    options.append(self.say(f"以 {target} 为标准", f"target {target}"))
                if form.way != "excess" or not isinstance(form.at_most, m.Full):
                    options.append(self._cap(form.at_most))
                options += self._down_to(form.down_to)
                return [", ".join([self.say(*PROPORTIONAL[form.way]), *options])]
            case m.Anchors():
                through = ", ".join(f"{self.number(at)} {self.gives(gives)}" for at, gives in form.points)
                outside = self.say(OUTSIDE[form.outside], f"{form.outside} outside")
                return [f"{self.say('按折线', 'line through')} {through}, {outside}"]
            case m.ScoreFormula():
                tail = ", ".join([self._cap(form.at_most), *self._down_to(form.down_to)])
                return [f"{self.say('得分', 'score')} = {self.formula(form.formula)}, {tail}"]
            case m.Checklist():
                found = [self.item(item) for item in form.items]
                return found + ([self.say("全部符合才计分", "all or nothing")] if form.all_or_nothing else [])
            case m.Levels():
                return [f"{self.say('评为', 'rated')} {name} {self.gives(gives)}" for name, gives in form.levels]
            case m.RatedOnScale():
                return [self.say("按尺度评定", "rated on the scale")]
            case m.Award():
                step = (
                    ""
                    if form.step is None
                    else self.say(f"，以 {self.points(form.step)} 为单位", f", in steps of {plain(form.step)}")
                )
                first = f"{self.signed(form.low)} {self.say('到', 'to')} {self.points(form.high)}"
                return [f"{self.say('评定给分', 'award')} {first}{step}"]
            case m.Refined():
                return [self.say("由部门细化", "refined by the department")]

    def ladder(self, form: m.Ladder) -> list[str]:
        if form.each is not None:
            listed, each = ", ".join(self.number(at) for at, _ in form.rungs), self.points(form.each)
            return [self.say(f"每达到一个加{each}：{listed}", f"add {each} for each reached: {listed}")]
        before, behind = self.say("达到", "reaching"), ""
        if form.falling:
            before, behind = self.say("控制在", "staying within"), self.say(" 以内", "")
        found = [f"{before} {self.number(at)}{behind} {self.gives(gives)}" for at, gives in form.rungs]
        return found + ([self.say("两级之间按直线", "straight lines between rungs")] if form.straight else [])

    def occurrence(self, clause: m.Occurrence, verb: str) -> str:
        options = [*self._reading(clause.reading), *self._floor(clause.down_to), *self._at_most(clause.at_most)]
        if clause.each_at_most is not None:
            options.append(self.say("每种最多", "each at most ") + self.points(clause.each_at_most))
        if clause.doubled:
            options.append(self.say("重复发生加倍", "doubled when repeated"))
        tail = "".join(f", {option}" for option in options)
        kinds = "" if clause.kinds == ("",) else f'"{clause.kinds[0]}"'
        if clause.listed:
            kinds = self.say("违反 ", "against ") + ", ".join(f'{kind} "第{kind}种"' for kind in clause.kinds)
        per = self.number(clause.per)
        if self.zh:
            return f"每出现 {per} {kinds} {'扣' if verb == 'deduct' else '加'}{self.points(clause.points)}{tail}"
        return f"{verb} {self.points(clause.points)} per {per} found {kinds}{tail}"

    def item(self, item: m.Item) -> str:
        if item.if_unmet:
            return f'{item.label} "做到" {self.say("未做到 扣", "if unmet minus ")}{self.points(item.points)}'
        if item.low is not None:
            ends = f"{self.signed(item.low)} {self.say('到', 'to')} {self.points(item.points)}"
            return f'{item.label} "依据" {ends} {self.say("由评定", "as assessed")}'
        options = [] if item.partly is None else [self.say("部分符合 ", "partly met ") + self.signed(item.partly)]
        options += [f"{self.say('评为', 'rated')} {name} {self.signed(points)}" for name, points in item.levels]
        if item.not_applicable:
            zh = {"full": "不适用按满分", "shared": "不适用由其他项分担"}[item.not_applicable]
            options.append(self.say(zh, f"if not applicable {item.not_applicable}"))
        return f'{item.label} "符合" {self.signed(item.points)}' + "".join(f", {option}" for option in options)

    def assessors(self, assessors: m.Assessors) -> str:
        listed = assessors.names != tuple(str(at + 1) for at in range(len(assessors.names)))
        who = ", ".join(assessors.names) if listed else f"{len(assessors.names)}{self.say('人', '')}"
        before = ""
        if assessors.apart is not None:
            after = self.say("列出", "listed")
            if assessors.adjudicator:
                after = self.say("复核人 ", "adjudicated by ") + assessors.adjudicator
            before = (
                f"{self.say('评委相差超过', 'assessors apart by more than')} {self.points(assessors.apart)} {after}, "
            )
        return f"{before}{self.say(*ASSESSORS[assessors.way])} {who}"

    # the tree

    def rubric(self, rubric: m.Rubric) -> str:
        lines = [
            f"{self.say('指标体系 试 年度', 'rubric 试 edition')} 2019",
            f"{self.say('满分', 'points')} {self.points(rubric.points)}",
        ]
        lines.append(f"{self.say('计步', 'steps')} {self.say(*READINGS[rubric.steps])}")
        if rubric.scale:
            steps = ", ".join(f"{grade} = {plain(number)}" for grade, number in rubric.scale.items())
            lines.append(f"{self.say('尺度', 'scale')} {steps}")
        if rubric.grades:
            grades = ", ".join(
                f"{g.name} {SIGNS[g.sign] if self.zh else g.sign} {self.points(g.bound)}" for g in rubric.grades
            )
            lines.append(f"{self.say('等级', 'grades')} {grades}")
        places = {
            "figures": ("数据", rubric.round_figures), "measures": ("指标值", rubric.round_measures), "scores": ("得分", rubric.round_scores),
            "subtotals": ("小计", rubric.round_subtotals), "total": ("总分", rubric.round_total),
        }  # fmt: skip
        lines += [self.round(zh, en, rounding) for en, (zh, rounding) in places.items() if rounding is not None]
        if rubric.way.kind != "sum" or rubric.way.at_least or rubric.way.at_most is not None:
            lines.append(self.way(rubric.way))
        lines += self.form_of(rubric)
        for part in rubric.parts:
            lines += self.part(part, 1)
        for item in rubric.after:
            lines += self.after(item)
        return "\n".join(lines) + "\n"

    def round(self, zh: str, en: str, rounding: m.Rounding) -> str:
        return self.say(f"舍入 {zh} 到 ", f"round {en} to ") + self.rounding(rounding)

    def form_of(self, rubric: m.Rubric) -> list[str]:
        if not rubric.fields:
            return []
        lines = [self.say("基础数据表", "form")]
        flat = [item for item in rubric.fields if not (isinstance(item, m.Field) and item.columns)]
        rows = [item for item in rubric.fields if isinstance(item, m.Field) and item.columns]
        lines += [f"  {self.declared(item)}" for item in flat if isinstance(item, m.Field)]
        if rows:
            lines.append(f"  {self.say('列', 'columns')} {', '.join(rows[0].columns)}")
            lines += [f"  {self.say('行', 'row')} {self.declared(item)}" for item in rows]
        return lines + [f"  {self.declared(item)}" for item in flat if not isinstance(item, m.Field)]

    def unit(self, unit: str) -> str:
        return self.say(unit, UNITS[unit])

    def declared(self, item: m.Field | m.Parameter | m.Derived) -> str:
        match item:
            case m.Derived(name, unit, formula):
                return f"{self.say('计算', 'derived')} {name}: {self.unit(unit)} = {self.formula(formula)}"
            case m.Parameter(name, unit, values, by):
                head = f"{self.say('参数', 'parameter')} {name}: {self.unit(unit)}"
                if not by:
                    return f"{head} = {self.number(values[0][1])}"
                return f"{head} {self.say('按', 'by')} {by}: " + ", ".join(f"{o} {self.number(n)}" for o, n in values)
            case m.Field():
                attributes = [self.say("整数", "whole")] if item.whole else []
                attributes += [self.say("可为负", "may be negative")] if item.signed else []
                attributes += [self.say("可无数据", "may be unavailable")] if item.nullable else []
                unit = (
                    self.unit(item.unit)
                    if not item.options
                    else f"{self.say('选自', 'one of ')}({', '.join(item.options)})"
                )
                return f"{item.name}: {', '.join([unit, *attributes])}"

    def way(self, way: m.Way) -> str:
        kinds = {
            "lowest plus": self.say("取最低且有更高的加 ", "lowest and if any is higher plus ")
            + self.points(way.number),
            "best mean": self.say(f"最高的 {plain(way.number)} 项 平均", f"best {plain(way.number)} mean"),
            "best sum": self.say(f"最高的 {plain(way.number)} 项 合计", f"best {plain(way.number)} sum"),
            "power mean": self.say("幂平均 ", "power mean ") + plain(way.number),
            "chosen": self.say(f"按 {way.key} 选定", f"chosen by {way.key}"),
        }
        own = kinds[way.kind] if way.kind in kinds else self.say(WAYS[way.kind], way.kind)
        limits = [self.say(f"至少 {way.at_least} 项", f"at least {way.at_least}")] if way.at_least else []
        return ", ".join([f"{self.say('合计方式', 'combine')} {own}", *limits, *self._at_most(way.at_most)])

    def level(self, depth: int) -> str:
        return self.say(f"{'一二三四五六七八九'[depth - 1]}级指标", f"level {depth}")

    def weight(self, weight: Fraction | None) -> str:
        return "" if weight is None else f" {self.say('权重', 'weight')} {plain(weight * 100)}%"

    def part(self, part: m.Indicator | m.Heading, depth: int) -> list[str]:
        shared = isinstance(part, m.Indicator) and part.shared
        points = self.say("共用", "shared") if shared else self.points(part.points)
        lines = [f"{self.level(depth)} {part.name} {points}{self.weight(part.weight)}"]
        if isinstance(part, m.Indicator):
            return lines + self.below(part)
        if part.pool is not None:
            names = ", ".join(own.name for own in part.parts if isinstance(own, m.Indicator) and own.shared)
            lines.append(f"{self.say('共用分值', 'pool')} {self.points(part.pool)}: {names}")
        if part.way.table is not None:
            order = self.say("，不分先后", ", in any order") if part.way.table.any_order else ""
            clauses = [self.say("查表按下级", "look up the parts") + order, *self.rows(part.way.table)]
            if part.way.otherwise is not None:
                clauses.append(f"{self.say('否则', 'otherwise')} {self.gives(part.way.otherwise)}")
            lines.append(f"{self.say('评价标准', 'rule')} {'; '.join(clauses)}")
        elif part.way != m.Way():
            lines.append(self.way(part.way))
        for own in part.parts:
            lines += self.part(own, depth + 1)
        return lines

    def below(self, of: m.Indicator) -> list[str]:
        lines = [] if of.base_mark is None else [f"{self.say('基本分', 'base mark')} {self.points(of.base_mark)}"]
        if of.measure is not None:
            lines.append(f"{self.say('指标值', 'measure')} {self.formula(of.measure)}")
        if of.steps:
            lines.append(f"{self.say('计步', 'steps')} {self.say(*READINGS[of.steps])}")
        if of.round_measure is not None:
            lines.append(self.round("指标值", "measures", of.round_measure))
        if of.round_score is not None:
            lines.append(self.round("得分", "scores", of.round_score))
        for condition, outcome in of.not_applicable:
            if isinstance(outcome, Fraction):
                words = self.say("计", "scores ") + self.points(outcome)
            else:
                words = self.say(*OUTCOMES.get(outcome, ("计满分", "scores full marks")))
            lines.append(f"{self.say('不适用当', 'not applicable when')} {self.condition(condition)} {words}")
        lines += [f"{self.say('不得分当', 'no points when')} {self.condition(gate)}" for gate in of.gates]
        for variant in of.variants:
            if len(of.variants) > 1:
                when = variant.when
                rest = self.say("其余情形", "variant otherwise")
                lines.append(rest if when is None else f"{self.say('情形 当', 'variant when')} {self.condition(when)}")
            if variant.measure is not None:
                lines.append(f"{self.say('指标值', 'measure')} {self.formula(variant.measure)}")
            lines.append(f"{self.say('评价标准', 'rule')} {'; '.join(self.whole_rule(variant.rule))}")
        return lines

    def whole_rule(self, rule: m.Rule) -> list[str]:
        """Write a rule; 依次类推 needs to know the way in which scores go on."""
        for place, case in enumerate(rule.cases):
            if isinstance(case, m.AndSoOn):
                before = rule.cases[place - 1]
                assert isinstance(before, m.Band)
                assert isinstance(before.gives, m.Fixed)
                grows = case.end > before.gives.points
                end = self._at_most(case.end) if grows else self._down_to(case.end)
                kept = m.Rule((*rule.cases[:place], *rule.cases[place + 1 :]), rule.forms, rule.assessors)
                clauses = self.rule(kept)
                return [*clauses[:place], f"{self.say('依次类推', 'and so on')}, {end[0]}", *clauses[place:]]
        return self.rule(rule)

    def after(self, item: m.Adjustment) -> list[str]:
        match item:
            case m.Added(indicator):
                word = self.say("加分项", "bonus") if indicator.role == "bonus" else self.say("扣分项", "deduction")
                return [f"{word} {indicator.name} {self.points(indicator.points)}", *self.below(indicator)]
            case m.Coefficient(name, formula):
                return [f"{self.say('系数', 'coefficient')} {name} = {self.formula(formula)}"]
            case m.Within(low, high):
                return [
                    f"{self.say('总分限于', 'total within')} {self.points(low)} {self.say('到', 'to')} {self.points(high)}"
                ]
            case m.Veto():
                words = {
                    "zero": self.say("总分为零", "total is zero"),
                    "minus": self.say("扣", "minus ") + self.points(item.number),
                    "is": f"{self.say('等级定为', 'grade is')} {item.grade}",
                    "at most": f"{self.say('等级最高', 'grade at most')} {item.grade}",
                    "down": self.say(f"等级降 {plain(item.number)} 级", f"grade down by {plain(item.number)}"),
                    "up": self.say(f"等级升 {plain(item.number)} 级", f"grade up by {plain(item.number)}"),
                    "base": self.say("其余只得基本分", "others held to base"),
                }[item.consequence]
                return [
                    f"{self.say('否决', 'veto')} {item.name} {self.say('当', 'when')} {self.condition(item.when)} {words}"
                ]


def written(rubric: m.Rubric, lang: str) -> str:
    """Write a rubric in Chinese or English keywords."""
    return Writer(lang).rubric(rubric)
