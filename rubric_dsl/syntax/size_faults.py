"""Texts beyond the stated limits, in words; the limits stand in ``parse``."""

from __future__ import annotations

from rubric_dsl.diagnostics import Diagnostic, Place, Text
from rubric_dsl.source import Source, Span


def too_long(source: Source, span: Span, limit: int) -> Diagnostic:
    """A statement passes the stated limit."""
    return Diagnostic(
        "too-long",
        "error",
        "rule",
        Text(f"这条语句超过 {limit} 个字符的上限", f"this statement is longer than {limit} characters"),
        (Place(source, Span(span.start, span.start + 1)),),
        hint=Text("检查是否漏了引号或换行", "look for a missing quote or line break"),
    )


def text_too_long(source: Source, limit: int) -> Diagnostic:
    """The whole text passes the stated limit."""
    return Diagnostic(
        "too-long",
        "error",
        "rule",
        Text(f"评分规则超过 {limit:,} 个字符的上限", f"the rubric is longer than {limit:,} characters"),
        (Place(source, Span(0, 1)),),
        hint=Text("分成几个指标体系，或放到几个沿用的文件里", "split it into several rubrics, or into editions"),
    )


def too_many_statements(source: Source, limit: int) -> Diagnostic:
    """There are more statements and clauses than the stated limit."""
    return Diagnostic(
        "too-many-statements",
        "error",
        "rule",
        Text(f"语句和评价标准的各句超过 {limit:,} 句", f"there are more than {limit:,} statements and clauses"),
        (Place(source, Span(0, 1)),),
        hint=Text("分成几个指标体系", "split it into several rubrics"),
    )


def too_many_levels(source: Source, span: Span, limit: int) -> Diagnostic:
    """Operations stand inside or behind one another more often than the stated limit."""
    return Diagnostic(
        "too-deep",
        "error",
        "rule",
        Text(f"一个公式里连着或套着的运算超过 {limit} 层", f"a formula chains or nests more than {limit} operations"),
        (Place(source, Span(span.start, span.start + 1)),),
        hint=Text(
            "把公式拆成几个计算项；连加写成 合计（甲，乙，…）",
            "split the formula into derived fields; write a long sum as sum(A, B, …)",
        ),
    )


def too_many_items(source: Source, span: Span, limit: int) -> Diagnostic:
    """A list has more items than the stated limit."""
    return Diagnostic(
        "too-many-items",
        "error",
        "rule",
        Text(f"一个列举超过 {limit} 项", f"a list has more than {limit} items"),
        (Place(source, Span(span.start, span.start + 1)),),
        hint=Text("分成几句，或几个数据项", "split it over several lines or figures"),
    )


def too_many_clauses(source: Source, span: Span, limit: int) -> Diagnostic:
    """A rule has more clauses than the stated limit."""
    return Diagnostic(
        "too-many-clauses",
        "error",
        "rule",
        Text(f"一个指标的评价标准超过 {limit} 句", f"the rule of one indicator has more than {limit} clauses"),
        (Place(source, Span(span.start, span.start + 1)),),
        hint=Text("等距的档可以写“依次类推”", "bands at equal distances can be written with 'and so on'"),
    )


def number_too_long(source: Source, span: Span, limit: int) -> Diagnostic:
    """A number has more digits than the stated limit."""
    return Diagnostic(
        "number-too-long",
        "error",
        "rule",
        Text(f"这个数超过 {limit} 位", f"this number has more than {limit} digits"),
        (Place(source, span),),
        hint=Text(f"最多写 {limit} 位", f"write {limit} digits at most"),
    )


def too_deep(source: Source, span: Span, limit: int) -> Diagnostic:
    """Brackets nest deeper than the stated limit."""
    return Diagnostic(
        "too-deep",
        "error",
        "rule",
        Text(f"括号嵌套超过 {limit} 层", f"brackets nest more than {limit} deep"),
        (Place(source, Span(span.start, span.start + 1)),),
        hint=Text("把公式拆成几个计算项", "split the formula into derived fields"),
    )
