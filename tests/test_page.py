"""The page that explains a result: what stands on it, and what it is in a real browser."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import rubric_dsl as rd
from rubric_dsl.data.reader import read_submissions
from rubric_dsl.diagnostics import Lang
from rubric_dsl.report.page.html import html
from rubric_dsl.report.page.markdown import markdown
from rubric_dsl.report.page.notice import Notice, notice
from rubric_dsl.review.curve import Curves
from rubric_dsl.source import Source
from tests.commands import run

if TYPE_CHECKING:
    from playwright.sync_api import Page

SEED = Path(__file__).parent.parent / "rubrics" / "yuhua"
CHROMIUM = shutil.which("chromium")

RUBRIC = """指标体系 试 年度 2019
满分 20
计步 整步
等级 优 ≥ 16，差 < 16
基础数据表
  甲：万元，可为负
  乙：万元，> 0
一级指标 投入 10
三级指标 控制率 6
  原文 “以100%为标准。”
  指标值 甲 ÷ 乙
  评价标准 ≤ 100% 计6分；每超过 1个百分点 扣 0.5分，扣完为止
三级指标 效果 4
  评价标准 评为 好 计4分；评为 差 计1分
一级指标 产出 10
三级指标 产出率 10
  指标值 甲 ÷ 乙
  评价标准 得分 = 指标值 × 5，最多 满分
"""


def page_of(text: str, data: dict[str, object]) -> Notice:
    rubric = rd.loads(text)
    return notice(rubric.model, rubric.score(data), "zh")


def seed_notice(lang: Lang = "zh") -> Notice:
    rubric = rd.load(SEED / "2019.rubric")
    path = SEED / "2019-science-bureau.yaml"
    (submission,), _ = read_submissions(Source(path.name, path.read_text(encoding="utf-8")))
    return notice(rubric.model, rubric.score(submission), lang)


class Text(HTMLParser):
    """The texts of a page, by the tag that they stand in."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name in {"src", "href"}]

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def text_of(page: str) -> str:
    reader = Text()
    reader.feed(page)
    return re.sub(r"\s+", " ", " ".join(reader.found))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_of_the_seed_says_what_the_result_says(lang: Lang) -> None:
    seed = seed_notice(lang)
    told = text_of(html([seed], lang))
    for item in seed.result.indicators.values():
        assert item.name in told
        assert seed.entries[0].indicator.wording.split("\n")[0] in told
    assert ("73～79 / 100" if lang == "zh" else "73 to 79 / 100") in told
    assert (
        "指标值要低于 110%才得 0.5 分，现在是 120%" if lang == "zh" else "0.5 would take below 110%; it is 120%"
    ) in told
    assert seed.result.rubric_sha256 in told
    assert seed.result.data_sha256 in told


def test_the_waterfall_of_the_seed_leads_from_100_to_the_total() -> None:
    lost = {loss.name.zh: (loss.low, loss.high) for loss in seed_notice().losses}
    assert lost == {
        "在职人员控制率": (5, 5),
        "预算完成率": (5, 5),
        "预算控制率": (1, 1),
        "政府采购执行率": (6, 6),
        "管理制度健全性": (2, 2),
        "重点工作实际完成率": (2, 2),
        "社会公众或服务对象满意度": (0, 6),
    }


NEXT = (
    # rule, measure, score: where the next better score begins
    ("≤ 100% 计6分；每超过 1个百分点 扣 0.5分，扣完为止", "1.2", ("112%", "down", False, "0.5")),
    ("≤ 100% 计6分；每超过 1个百分点 扣 0.5分，扣完为止", "1.005", None),
    ("≤ 100% 计6分；> 100% 计2分", "1.3", ("100%", "down", True, "6")),
    ("≥ 90% 计6分；80%（含） 到 90% 计4分；< 80% 计0分", "0.5", ("80%", "up", True, "4")),
    ("≥ 90% 计6分；80%（含） 到 90% 计4分；< 80% 计0分", "0.95", None),
    ("= 100% 计6分；每偏离 5个百分点 扣 2分，扣完为止", "0.8", ("85%", "up", False, "2")),
    ("= 100% 计6分；每偏离 5个百分点 扣 2分，扣完为止", "1.2", ("115%", "down", False, "2")),
)


@pytest.mark.parametrize(("rule", "measure", "expected"), NEXT)
def test_the_next_band(rule: str, measure: str, expected: tuple[str, str, bool, str] | None) -> None:
    text = (
        "指标体系 试 年度 2019\n满分 6\n计步 整步\n基础数据表\n  甲：比率\n一级指标 一 6\n三级指标 率 6\n"
        f"  指标值 甲\n  评价标准 {rule}\n"
    )
    (entry,) = page_of(text, {"甲": measure}).entries
    found = entry.next
    assert (found is None) == (expected is None)
    if found is not None and expected is not None:
        shown = (f"{found.at * 100}%", found.way, found.included, rd.exact_text(found.score))
        assert shown == expected


def test_missing_not_applicable_and_faulty_are_told_apart() -> None:
    text = (
        "指标体系 试 年度 2019\n满分 15\n计步 整步\n基础数据表\n  甲：个\n  乙：个\n  丙：个\n一级指标 一 15\n"
        "三级指标 缺 5\n  指标值 甲 ÷ 丙\n  评价标准 ≥ 50% 计5分；< 50% 计0分\n"
        "三级指标 不适用的 5\n  不适用当 乙 = 0 计满分\n  指标值 丙 ÷ 乙\n  评价标准 ≥ 50% 计5分；< 50% 计0分\n"
        "三级指标 没法评的 5\n  指标值 丙 ÷ 乙\n  评价标准 ≥ 50% 计5分；< 50% 计0分\n"
    )
    told = text_of(html([page_of(text, {"乙": 0, "丙": 10})], "zh"))
    assert "缺 甲" in told
    assert "0～5 / 5" in told
    assert "不适用" in told
    assert "无法评分" in told


HOSTILE = (
    "<script>document.title='owned'</script>",
    '"><img src=x onerror="alert(1)">',
    "</title></style></main><h1>甲局</h1>",
    "]]><!-- <b>粗</b> -->&lt;i&gt;",
    "局\u202e\u0000名\n\t`code` [x](javascript:alert(1)) | # 标题",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_texts_of_the_data_stay_texts(name: str) -> None:
    rubric = rd.loads(RUBRIC)
    data = json.dumps({"单位": name, "数据": {"甲": {"数额": "3", "来源": name}, "乙": "2"}}, ensure_ascii=False)
    submissions, _ = read_submissions(Source("x.json", data))
    shown = notice(rubric.model, rubric.score(submissions[0]), "zh")
    page = html([shown], "zh")
    reader = Text()
    reader.feed(page)
    assert not reader.tags & {"script", "img", "b", "i", "a", "iframe", "link"}
    assert page.count("<h1>") == 1
    visible = re.sub(r"[\u202e\x00]", "\ufffd", name.replace("\n", " ").replace("\t", " "))
    assert re.sub(r"\s+", " ", visible).strip() in text_of(page)
    assert not re.search(r"(?<!\\)[<`\[]", markdown([shown], "zh"))


def test_a_heading_that_is_no_sum_says_which_part_decided(tmp_path: Path) -> None:
    rubric = tmp_path / "r.rubric"
    rubric.write_text(
        "rubric R edition 2020\npoints 10\nlevel 1 X 10\n  combine highest\nlevel 2 a 10\n  rule award 0 to 10\n"
        "level 2 b 10\n  rule award 0 to 10\n",
        encoding="utf-8",
    )
    data = tmp_path / "d.yaml"
    data.write_text("figures: {a: 8, b: 6}\n", encoding="utf-8")
    given = (str(rubric), str(data), "--lang")
    for lang, told in (("en", "the highest part counts: a 8; lower: b 6"), ("zh", "取最高的一项：a 8；其余较低：b 6")):
        for form in ("text", "markdown", "html"):
            assert run("explain", *given, lang, "--format", form).stdout.count(told) == 1
        shown = json.loads(run("score", *given, lang, "--format", "json").stdout)
        assert shown["sections"][0]["reason"] == told


def test_several_submissions_on_one_page_and_the_file_is_written_whole(tmp_path: Path) -> None:
    out = tmp_path / "页.html"
    words = ("explain", str(SEED / "2019.rubric"), str(SEED / "2019-science-bureau.yaml"), "--format", "html")
    assert run(*words, "-o", str(out), "--lang", "zh").returncode == 0
    assert out.read_text(encoding="utf-8").startswith('<!doctype html>\n<html lang="zh-CN">')
    assert not list(tmp_path.glob("tmp*"))
    lost = run(*words, "-o", str(tmp_path / "no" / "x.html"), "--lang", "en")
    assert lost.returncode == 2
    assert "there is no folder" in lost.stderr


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    with playwright.sync_playwright() as running:
        quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
        found = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", *quiet])
        yield found.new_page()
        found.close()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [1280, 375])
def test_in_a_browser(browser: Page, tmp_path: Path, lang: Lang, width: int) -> None:
    rubric = rd.load(SEED / "2019.rubric")
    path = SEED / "2019-science-bureau.yaml"
    (submission,), _ = read_submissions(Source(path.name, path.read_text(encoding="utf-8")))
    hostile = rd.Submission(**{
        name: getattr(submission, name) for name in submission.__slots__ if name != "subject"
    }, subject=" ".join(HOSTILE))  # fmt: skip
    file = tmp_path / "page.html"
    curves = Curves(rubric.model)
    shown = [notice(rubric.model, rubric.score(item), lang, (), curves) for item in (hostile, submission)]
    file.write_text(html(shown, lang), encoding="utf-8")
    asked: list[str] = []
    told: list[str] = []
    browser.set_viewport_size({"width": width, "height": 800})
    browser.on("request", lambda request: asked.append(request.url))
    browser.on("dialog", lambda dialog: told.append(dialog.message))
    browser.on("console", lambda message: told.append(message.text))
    browser.goto(file.as_uri())
    assert asked == [file.as_uri()]
    assert not told
    assert browser.evaluate("document.scripts.length") == 0
    assert browser.evaluate("document.documentElement.lang") == ("zh-CN" if lang == "zh" else "en")
    assert browser.title() != "owned"
    over = browser.evaluate("document.scrollingElement.scrollWidth - window.innerWidth")
    assert over <= 0, f"the page is {over} wider than the screen"
    subject = browser.locator("p.subject").first.inner_text()
    assert re.sub(r"\s+", " ", subject).startswith(HOSTILE[0])
    assert browser.locator("article").count() == 2 * len(rubric.indicators)
    for name in ("math mfrac", "svg.picture circle.here", "ol.waterfall li svg rect.lost"):
        box = browser.locator(name).first.bounding_box()
        assert box is not None
        assert box["width"] > 0
        assert box["height"] > 0
    marks = browser.locator("article .mark").all_inner_texts()
    assert marks[0] == "0 / 5"
    browser.emulate_media(media="print")
    assert browser.evaluate("document.scrollingElement.scrollWidth - window.innerWidth") <= 0
    browser.emulate_media(media="screen")
