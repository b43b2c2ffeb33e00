"""One submission at a time: the compiled path beside hand-written code and other engines, in one run.

Every contender gets the same submissions of the seed's rubric as numeric text (37 figures and ratings that decide its
17 scores) and gives 17 scores and the total. Printed are medians, and how many submissions were scored wrong.

Run: python bench/single.py [submissions]   (zen-engine, common-expression-language and rule-engine where installed)
"""

from __future__ import annotations

import importlib.metadata
import json
import platform
import random
import statistics
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import rubric_dsl as rd

ROUNDS = 7
RUBRIC = Path(__file__).parent.parent / "rubrics" / "yuhua" / "2019.rubric"
NAMES = {
    "staff": "在职人员数",
    "quota": "编制数",
    "three_plan": "三公经费[2019年预算数]",
    "three_spent": "三公经费[2019年决算数]",
    "three_before": "上年度“三公经费”预算数",
    "carried": "上年结转",
    "initial": "年初预算",
    "added": "本年追加预算",
    "left": "年末结余",
    "area": "批准建设面积",
    "built": "实际建设面积",
    "granted": "批准投资金额",
    "invested": "实际投资金额",
    "public_plan": "公用经费[2019年预算数]",
    "public_spent": "公用经费[2019年决算数]",
    "bought_plan": "政府采购金额[2019年预算数]",
    "bought_spent": "政府采购金额[2019年决算数]",
    "planned": "计划产出数",
    "done": "实际产出数",
    "content": "满意度",
    "economic": "经济效益",
    "social": "社会效益",
    "effect": "行政0效能",
    **{f"rule{n}": f"管理制度健全性[{mark}]" for n, mark in enumerate("①②③④")},
    **{f"breach{n}": f"资金使用合规性[{mark}]" for n, mark in enumerate("①②③④⑤")},
    **{f"open{n}": f"预决算信息公开性[{mark}]" for n, mark in enumerate("①②③④⑤")},
}
EFFECTS = {"较好": 6, "一般": 3, "无效果或者效果不明显": 0}
Data = dict[str, str]
Contender = Callable[[Any], Any]


def submission(rng: random.Random, *, edges: bool = True) -> Data:
    """Return a random submission; with ``edges`` one in three of the pairs lies exactly on a whole step of its rule."""
    found: Data = {}

    def money(low: int, high: int) -> Fraction:
        return Fraction(rng.randint(low * 100, high * 100), 100)

    def pair(first: str, second: str) -> None:
        base = money(50, 5000)
        share = (
            Fraction(rng.randint(85, 115), 100)
            if edges and rng.random() < 1 / 3
            else Fraction(rng.randint(8500, 11500), 10**4)
        )
        part = round(base * share, 2) if (base * share * 100).denominator != 1 else base * share
        found[first], found[second] = two(part), two(base)

    def two(value: Fraction) -> str:
        return f"{value.numerator * (100 // value.denominator) / 100:.2f}"

    quota = rng.randint(5, 60)
    found["quota"], found["staff"] = str(quota), str(max(1, quota + rng.randint(-3, 4)))
    pair("three_plan", "three_before")
    pair("three_spent", "three_plan")
    pair("public_spent", "public_plan")
    pair("bought_spent", "bought_plan")
    pair("built", "area")
    pair("invested", "granted")
    initial = money(100, 9000)
    found["initial"], found["carried"] = two(initial), two(money(0, 50))
    found["added"], found["left"] = two(round(initial * Fraction(rng.randint(0, 35), 100), 2)), two(money(0, 90))
    planned = rng.randint(5, 40)
    found["planned"], found["done"] = str(planned), str(rng.randint(planned // 2, planned + 2))
    found["content"] = f"{rng.randint(600, 1000) / 1000:.3f}"
    found["economic"], found["social"] = str(rng.randint(0, 6)), str(rng.randint(0, 6))
    found["effect"] = rng.choice(list(EFFECTS))
    found |= {key: rng.choice(("是", "否")) for key in NAMES if key.startswith(("rule", "open"))}
    found |= {key: str(rng.randint(0, 2)) for key in NAMES if key.startswith("breach")}
    return found


def trusting(text: str) -> int:
    """Read an amount as hundredths, by hand, whatever it is."""
    whole, _, part = text.partition(".")
    return int(whole + part.ljust(2, "0"))


def refusing(text: str) -> int:
    """Read an amount as hundredths, by hand; what is no plain number is refused."""
    whole, point, part = text.partition(".")
    digits = whole + part.ljust(2, "0")
    if not (whole and digits.isascii() and digits.isdigit() and len(part) <= 2 and (part or not point)):
        raise ValueError(text)
    return int(digits)


def by_hand_integers(d: Data, scaled: Callable[[str], int] = trusting) -> tuple[int, ...]:
    """Score with scaled integers; scores in tenths, the output rate and the total over the planned output."""
    staff, quota = int(d["staff"]), int(d["quota"])
    three_plan, three_spent = scaled(d["three_plan"]), scaled(d["three_spent"])
    before = scaled(d["three_before"])
    carried, initial, added, left = scaled(d["carried"]), scaled(d["initial"]), scaled(d["added"]), scaled(d["left"])
    area, built, granted, invested = scaled(d["area"]), scaled(d["built"]), scaled(d["granted"]), scaled(d["invested"])
    public_plan, public_spent = scaled(d["public_plan"]), scaled(d["public_spent"])
    bought_plan, bought_spent = scaled(d["bought_plan"]), scaled(d["bought_spent"])
    planned, done = int(d["planned"]), int(d["done"])
    whole, _, part = d["content"].partition(".")
    content = int(whole + part.ljust(3, "0"))
    s1 = 50 if staff <= quota else max(0, 50 - 5 * ((staff - quota) * 100 // quota))
    s2 = 80 if three_plan <= before else max(0, 80 - 8 * ((three_plan - before) * 100 // before))
    all_in = carried + initial + added
    s3 = 50 if left == 0 else max(0, 50 - 20 * (left * 20 // all_in)) if left > 0 else 50
    s4 = (
        50 if added <= 0
        else 40 if added * 10 <= initial
        else 30 if added * 10 <= initial * 2
        else 20 if added * 10 <= initial * 3
        else 0
    )  # fmt: skip
    if area == 0:
        s5 = 50 if built == 0 else 0
    else:
        s5 = 50 if built <= area else max(0, 50 - 20 * ((built - area) * 20 // area))
    if granted == 0:
        s6 = 50 if invested == 0 else 0
    else:
        s6 = 50 if invested <= granted else max(0, 50 - 20 * ((invested - granted) * 20 // granted))
    s7 = 80 if public_spent <= public_plan else max(0, 80 - 10 * ((public_spent - public_plan) * 100 // public_plan))
    s8 = 80 if three_spent <= three_plan else max(0, 80 - 10 * ((three_spent - three_plan) * 100 // three_plan))
    s9 = max(0, 60 - 20 * (abs(bought_spent - bought_plan) * 20 // bought_plan))
    s10 = 20 * sum([d["rule0"] == "是", d["rule1"] == "是", d["rule2"] == "是", d["rule3"] == "是"])
    breaches = int(d["breach0"]) + int(d["breach1"]) + int(d["breach2"]) + int(d["breach3"]) + int(d["breach4"])
    s11 = max(0, 60 - 10 * breaches)
    opened = [d["open0"] == "是", d["open1"] == "是", d["open2"] == "是", d["open3"] == "是", d["open4"] == "是"]
    s12 = 10 * sum(opened)
    s13 = 80 * min(done, planned)
    s14, s15 = int(d["economic"]) * 10, int(d["social"]) * 10
    s16 = 10 * EFFECTS[d["effect"]]
    s17 = 60 if content >= 900 else 40 if content >= 800 else 20 if content >= 700 else 0
    rest = s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11 + s12 + min(s14 + s15, 60) + s16 + s17
    return s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15, s16, s17, rest * planned + s13, planned


def by_hand_fractions(d: Data) -> tuple[Fraction, ...]:
    """Score with fractions, as one would write it down."""
    f = {key: Fraction(text) for key, text in d.items() if key not in WORDS}
    hundredth, five = Fraction(1, 100), Fraction(1, 20)
    zero, one = Fraction(0), Fraction(1)

    def steps(over: Fraction, size: Fraction, full: int, each: Fraction | int) -> Fraction:
        return Fraction(full) if over <= 0 else max(zero, full - Fraction(each) * (over // size))

    s = [
        steps(f["staff"] / f["quota"] - 1, hundredth, 5, Fraction(1, 2)),
        steps((f["three_plan"] - f["three_before"]) / f["three_before"], hundredth, 8, Fraction(4, 5)),
    ]
    all_in = f["carried"] + f["initial"] + f["added"]
    s.append(steps(f["left"] / all_in, five, 5, 2))
    rate = f["added"] / f["initial"]
    s.append(
        Fraction(
            5
            if rate <= 0
            else 4
            if rate <= hundredth * 10
            else 3
            if rate <= hundredth * 20
            else 2
            if rate <= hundredth * 30
            else 0
        )
    )
    for built, area in (("built", "area"), ("invested", "granted")):
        if f[area] == 0:
            s.append(Fraction(5 if f[built] == 0 else 0))
        else:
            s.append(steps(f[built] / f[area] - 1, five, 5, 2))
    s.append(steps(f["public_spent"] / f["public_plan"] - 1, hundredth, 8, 1))
    s.append(steps(f["three_spent"] / f["three_plan"] - 1, hundredth, 8, 1))
    s.append(max(zero, 6 - 2 * Fraction(abs(f["bought_spent"] / f["bought_plan"] - 1) // five)))
    s.append(Fraction(2 * sum(d[f"rule{n}"] == "是" for n in range(4))))
    s.append(max(zero, 6 - sum((f[f"breach{n}"] for n in range(5)), zero)))
    s.append(Fraction(sum(d[f"open{n}"] == "是" for n in range(5))))
    s.append(8 * min(one, f["done"] / f["planned"]))
    s += [f["economic"], f["social"], Fraction(EFFECTS[d["effect"]])]
    c = f["content"]
    s.append(Fraction(6 if c >= Fraction(9, 10) else 4 if c >= Fraction(8, 10) else 2 if c >= Fraction(7, 10) else 0))
    return (*s, sum(s[:13], zero) + min(s[13] + s[14], Fraction(6)) + s[15] + s[16])


WORDS = frozenset(["effect", *(f"rule{n}" for n in range(4)), *(f"open{n}" for n in range(5))])


def zen() -> Callable[[dict[str, float | str]], list[float]]:
    """Return the rubric as a graph of zen-engine: one expression node."""
    import zen as engine

    def step(over: str, size: str, full: int, each: str) -> str:
        return f"({over}) <= 0 ? {full} : max([0, {full} - {each} * floor(({over}) / {size})])"

    rate = "added / initial"
    marks = " + ".join("({} == '是' ? 2 : 0)".format(f"rule{n}") for n in range(4))
    opened = " + ".join("({} == '是' ? 1 : 0)".format(f"open{n}") for n in range(5))
    texts = [
        step("staff / quota - 1", "0.01", 5, "0.5"),
        step("(three_plan - three_before) / three_before", "0.01", 8, "0.8"),
        step("left / (carried + initial + added)", "0.05", 5, "2"),
        f"{rate} <= 0 ? 5 : {rate} <= 0.1 ? 4 : {rate} <= 0.2 ? 3 : {rate} <= 0.3 ? 2 : 0",
        f"area == 0 ? (built == 0 ? 5 : 0) : ({step('built / area - 1', '0.05', 5, '2')})",
        f"granted == 0 ? (invested == 0 ? 5 : 0) : ({step('invested / granted - 1', '0.05', 5, '2')})",
        step("public_spent / public_plan - 1", "0.01", 8, "1"),
        step("three_spent / three_plan - 1", "0.01", 8, "1"),
        "max([0, 6 - 2 * floor(abs(bought_spent / bought_plan - 1) / 0.05)])",
        marks,
        "max([0, 6 - breach0 - breach1 - breach2 - breach3 - breach4])",
        opened,
        "8 * min([1, done / planned])",
        "economic",
        "social",
        "effect == '较好' ? 6 : effect == '一般' ? 3 : 0",
        "content >= 0.9 ? 6 : content >= 0.8 ? 4 : content >= 0.7 ? 2 : 0",
    ]
    expressions = [{"id": f"e{n}", "key": f"s{n}", "value": text} for n, text in enumerate(texts)]
    parts = [f"$.s{n}" for n in range(17) if n not in (13, 14)] + ["min([$.s13 + $.s14, 6])"]
    expressions.append({"id": "t", "key": "s17", "value": " + ".join(parts)})
    spot = {"x": 0, "y": 0}
    graph = {
        "nodes": [
            {"id": "i", "type": "inputNode", "name": "in", "position": spot},
            {
                "id": "e",
                "type": "expressionNode",
                "name": "e",
                "position": spot,
                "content": {"expressions": expressions},
            },
            {"id": "o", "type": "outputNode", "name": "out", "position": spot},
        ],
        "edges": [
            {"id": "1", "sourceId": "i", "targetId": "e", "type": "edge"},
            {"id": "2", "sourceId": "e", "targetId": "o", "type": "edge"},
        ],
    }
    decision = engine.ZenEngine().create_decision(json.dumps(graph))

    def run(data: dict[str, float | str]) -> list[float]:
        found = decision.evaluate(data)["result"]
        return [found[f"s{n}"] for n in range(18)]

    return run


def cel_programs() -> Callable[[dict[str, float | str]], list[float]]:
    """Return the rubric as programs of the Common Expression Language; floor is a whole division of hundredths."""
    import cel

    def step(over: str, size: str, full: int, each: str) -> str:
        inside = f"{full}.0 - {each} * double(int(({over}) / {size}))"
        return f"({over}) <= 0.0 ? {full}.0 : (({inside}) < 0.0 ? 0.0 : ({inside}))"

    rate = "added / initial"
    texts = [
        step("staff / quota - 1.0", "0.01", 5, "0.5"),
        step("(three_plan - three_before) / three_before", "0.01", 8, "0.8"),
        step("left / (carried + initial + added)", "0.05", 5, "2.0"),
        f"{rate} <= 0.0 ? 5.0 : {rate} <= 0.1 ? 4.0 : {rate} <= 0.2 ? 3.0 : {rate} <= 0.3 ? 2.0 : 0.0",
        f"area == 0.0 ? (built == 0.0 ? 5.0 : 0.0) : ({step('built / area - 1.0', '0.05', 5, '2.0')})",
        f"granted == 0.0 ? (invested == 0.0 ? 5.0 : 0.0) : ({step('invested / granted - 1.0', '0.05', 5, '2.0')})",
        step("public_spent / public_plan - 1.0", "0.01", 8, "1.0"),
        step("three_spent / three_plan - 1.0", "0.01", 8, "1.0"),
        "bought_spent >= bought_plan ? ("
        + step("bought_spent / bought_plan - 1.0", "0.05", 6, "2.0")
        + ") : ("
        + step("1.0 - bought_spent / bought_plan", "0.05", 6, "2.0")
        + ")",
        " + ".join(f"(rule{n} == '是' ? 2.0 : 0.0)" for n in range(4)),
        "6.0 - breach0 - breach1 - breach2 - breach3 - breach4 < 0.0 ? 0.0 : 6.0 - breach0 - breach1 - breach2 - breach3 - breach4",
        " + ".join(f"(open{n} == '是' ? 1.0 : 0.0)" for n in range(5)),
        "done >= planned ? 8.0 : 8.0 * done / planned",
        "economic",
        "social",
        "effect == '较好' ? 6.0 : effect == '一般' ? 3.0 : 0.0",
        "content >= 0.9 ? 6.0 : content >= 0.8 ? 4.0 : content >= 0.7 ? 2.0 : 0.0",
    ]
    programs = [cel.compile(text) for text in texts]

    def run(data: dict[str, float | str]) -> list[float]:
        found = [float(program.execute(data)) for program in programs]
        return [*found, sum(found[:13]) + min(found[13] + found[14], 6.0) + found[15] + found[16]]

    return run


def rule_engine_rules() -> Callable[[dict[str, float | str]], list[float]]:
    """Return the rubric as rules of rule-engine (its numbers are decimals)."""
    import rule_engine

    def step(over: str, size: str, full: int, each: str) -> str:
        inside = f"{full} - {each} * (({over}) // {size})"
        return f"({over}) <= 0 ? {full} : (({inside}) < 0 ? 0 : ({inside}))"

    rate = "added / initial"
    texts = [
        step("staff / quota - 1", "0.01", 5, "0.5"),
        step("(three_plan - three_before) / three_before", "0.01", 8, "0.8"),
        step("left / (carried + initial + added)", "0.05", 5, "2"),
        f"{rate} <= 0 ? 5 : ({rate} <= 0.1 ? 4 : ({rate} <= 0.2 ? 3 : ({rate} <= 0.3 ? 2 : 0)))",
        f"area == 0 ? (built == 0 ? 5 : 0) : ({step('built / area - 1', '0.05', 5, '2')})",
        f"granted == 0 ? (invested == 0 ? 5 : 0) : ({step('invested / granted - 1', '0.05', 5, '2')})",
        step("public_spent / public_plan - 1", "0.01", 8, "1"),
        step("three_spent / three_plan - 1", "0.01", 8, "1"),
        "bought_spent >= bought_plan ? ("
        + step("bought_spent / bought_plan - 1", "0.05", 6, "2")
        + ") : ("
        + step("1 - bought_spent / bought_plan", "0.05", 6, "2")
        + ")",
        " + ".join(f"(rule{n} == '是' ? 2 : 0)" for n in range(4)),
        "6 - breach0 - breach1 - breach2 - breach3 - breach4 < 0 ? 0 : 6 - breach0 - breach1 - breach2 - breach3 - breach4",
        " + ".join(f"(open{n} == '是' ? 1 : 0)" for n in range(5)),
        "done >= planned ? 8 : 8 * done / planned",
        "economic",
        "social",
        "effect == '较好' ? 6 : (effect == '一般' ? 3 : 0)",
        "content >= 0.9 ? 6 : (content >= 0.8 ? 4 : (content >= 0.7 ? 2 : 0))",
    ]
    rules = [rule_engine.Rule(text) for text in texts]

    def run(data: dict[str, float | str]) -> list[float]:
        found = [rule.evaluate(data) for rule in rules]
        return [*found, sum(found[:13]) + min(found[13] + found[14], 6) + found[15] + found[16]]

    return run


def timed(run: Contender, items: list[Any]) -> tuple[float, float]:
    """Return the median and the least time of one call in microseconds."""
    found = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for item in items:
            run(item)
        found.append((time.perf_counter() - start) / len(items) * 1e6)
    return statistics.median(found), min(found)


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    rng = random.Random(2019)  # noqa: S311 - the same submissions in every run
    plain = [submission(rng) for _ in range(count)]
    ours = [{NAMES[key]: text for key, text in data.items()} for data in plain]
    decimals = [{key: text if not text[0].isdigit() else Decimal(text) for key, text in data.items()} for data in ours]
    floats = [{key: text if key in WORDS else float(text) for key, text in data.items()} for data in plain]
    rubric = rd.load(RUBRIC)
    compiled = rubric.compile()
    exact = []
    for data in ours[:200]:
        result = rubric.score(data)
        exact.append([*(item.range.min for item in result.indicators.values()), result.total.min])

    def from_compiled(data: Any) -> list[Fraction]:
        scores = compiled(data)
        return [*(item.min for item in scores.scores.values()), scores.total.min]

    def from_integers(data: Any) -> list[Fraction]:
        found = by_hand_integers(data)
        low = found[-1]
        scores = [Fraction(value, 10) for value in found[:17]]
        scores[12] /= low
        return [*scores, Fraction(found[17], 10 * low)]

    contenders: list[tuple[str, Contender, list[Any], Contender]] = [
        ("rubric_dsl, compiled, from text", compiled, ours, from_compiled),
        ("rubric_dsl, compiled, from Decimal", compiled, decimals, from_compiled),
        ("scaled integers by hand, from text", by_hand_integers, plain, from_integers),
        ("the same, refusing what is no number", lambda data: by_hand_integers(data, refusing), plain, from_integers),
        ("fractions by hand, from text", by_hand_fractions, plain, lambda data: list(by_hand_fractions(data))),
        ("rubric_dsl, evaluator with trace", rubric.score, ours[: count // 20], lambda data: None),
    ]
    for name, package, build in (
        ("zen-engine graph, from floats", "zen-engine", zen),
        ("CEL programs, from floats", "common-expression-language", cel_programs),
        ("rule-engine rules, from floats", "rule-engine", rule_engine_rules),
    ):
        try:
            built = build()
        except ImportError:
            print(f"{name}: {package} is not installed")
            continue
        title = f"{name} ({importlib.metadata.version(package)})"
        contenders.append((title, built, floats[: count // 4], built))
    print(f"Python {platform.python_version()}, {platform.machine()}; {count} submissions, median of {ROUNDS} rounds")
    base = 0.0
    for name, run, items, answer in contenders:
        took, least = timed(run, items)
        base = base or took
        wrong = "" if "trace" in name else f"{wrongs(answer, items[:200], exact):>4} of {len(exact)} wrong"
        print(f"{name:<45} {took:9.2f} µs (least {least:8.2f})  {took / base:6.2f}×  {wrong}")


def wrongs(answer: Contender, items: list[Any], exact: list[list[Fraction]]) -> int:
    """Return how many submissions have a score that is not the exact one; floats are held to a millionth."""
    count = 0
    for item, wanted in zip(items, exact, strict=False):
        found = list(answer(item))
        count += any(
            abs(Fraction(one) - other) > (Fraction(1, 10**6) if isinstance(one, float | Decimal) else 0)
            for one, other in zip(found, wanted, strict=True)
        )
    return count


if __name__ == "__main__":
    main()
