"""``rubric batch`` and tables in every form: what comes out, what is refused, and what a failure leaves behind."""

from __future__ import annotations

import codecs
import csv
import os
import re
import resource
import signal
import subprocess
import sys
import time
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl.data.cells import guarded, unguarded
from rubric_dsl.data.reader import read_submissions
from rubric_dsl.engines.table.faults import TableError
from rubric_dsl.engines.table.sources import opened
from rubric_dsl.engines.table.table_scores import TableScores
from rubric_dsl.source import read_source
from tests import commands
from tests.commands import Done

if TYPE_CHECKING:
    import pyarrow

pa = pytest.importorskip("pyarrow")
import pyarrow.parquet as pq  # noqa: E402 - only where it is installed

RUBRIC = """指标体系 试 年度 2019
满分 10
计步 整步
等级 优 ≥ 8，差 < 8
基础数据表
  甲：万元
  乙：万元，> 0
一级指标 一 10
三级指标 控制率 6
  指标值 甲 ÷ 乙
  评价标准 ≤ 100% 计满分；每超过 1个百分点 扣0.5分，扣完为止
三级指标 完成率 4
  指标值 甲 ÷ 乙
  评价标准 按比例计分，最多 满分
"""
COHORT = """指标体系 试 年度 2019
满分 10
计步 整步
基础数据表
  甲：万元
一级指标 一 10
三级指标 排名 10
  指标值 甲 ÷ 同组平均（甲）
  评价标准 按比例计分，最多 满分
"""
RANKED = """指标体系 试 年度 2019
满分 10
基础数据表
  甲：万元
  乙：万元，> 0
  计算 率：比率 = 甲 ÷ 乙
一级指标 一 10
三级指标 排名 10
  指标值 名次（率，从低到高）
  评价标准 = 1 计满分；否则 不得分
"""
COMMAND = [sys.executable, "-c", "from rubric_cli.app import app; app()", "batch"]


def run(*arguments: str) -> Done:
    return commands.run("batch", *arguments, "--lang", "en")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "r.rubric").write_text(RUBRIC, encoding="utf-8")
    rows = ["单位,甲,乙,备用", "=一局,110,100,1", "二局,,100,1", "三局,50,0,1", "四局,3,7,1", "五局,abc,7,1"]
    (tmp_path / "t.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return tmp_path


def test_a_table_becomes_a_table_of_results(folder: Path) -> None:
    out = folder / "o.csv"
    done = run(str(folder / "r.rubric"), str(folder / "t.csv"), "-o", str(out), "--faults", str(folder / "f.csv"))
    assert done.returncode == 1, done.stderr
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["subject"] for row in rows] == ["'=一局", "二局", "三局", "四局", "五局"]
    assert [row["控制率"] for row in rows] == ["1", "", "", "6", ""]
    assert [row["完成率"] for row in rows] == ["4", "", "", "12/7", ""]
    assert [row["total"] for row in rows] == ["5", "", "", "54/7", ""]
    assert rows[1]["total.min"] == "4"  # what costs the one indicator its points brings the other its own
    assert rows[1]["total.max"] == "10"
    assert [row["控制率.status"] for row in rows] == ["scored", "missing", "invalid", "scored", "invalid"]
    assert [row["grade"] for row in rows] == ["差", "", "", "差", ""]
    with (folder / "f.csv").open(encoding="utf-8-sig", newline="") as file:
        faults = [(row["row"], row["subject"], row["code"]) for row in csv.DictReader(file)]
    assert faults == [("3", "三局", "outside-limits"), ("5", "五局", "not-a-number")]
    assert "备用" in done.stderr
    assert {path.name for path in folder.iterdir()} == {"r.rubric", "t.csv", "o.csv", "f.csv"}


def test_parquet_to_parquet(folder: Path) -> None:
    amounts = pa.array([Decimal("110.00"), Decimal("3.00"), None], pa.decimal128(20, 2))
    pq.write_table(pa.table({"甲": amounts, "乙": [100, 7, 5]}), folder / "t.parquet")
    done = run(str(folder / "r.rubric"), str(folder / "t.parquet"), "-o", str(folder / "o.parquet"))
    assert done.returncode == 0, done.stderr
    found = pq.read_table(folder / "o.parquet").to_pylist()
    assert [row["控制率"] for row in found] == [Decimal(1), Decimal(6), None]
    pairs = [row["完成率"] for row in found]
    assert Fraction(pairs[1]["numerator"], pairs[1]["denominator"]) == Fraction(12, 7)
    assert pairs[2] is None


@pytest.mark.parametrize(
    ("table", "out", "said"),
    [
        ("none.csv", "o.csv", "there is no such file"),
        ("t.csv", "o.xyz", "its name does not say the format"),
        ("t.csv", "t.csv", "is read or written too"),
        ("t.csv", "none/o.csv", "there is no folder"),
        ("r.rubric", "o.parquet", ""),
    ],
)
def test_what_cannot_be_done_is_said_and_leaves_nothing(folder: Path, table: str, out: str, said: str) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    done = run(str(folder / "r.rubric"), str(folder / table), "-o", str(folder / out))
    assert done.returncode == 2 if said else done.returncode in (0, 1, 2)
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    if said:
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def long_table(folder: Path, rows: int, cells: str) -> Path:
    path = folder / "long.csv"
    path.write_text("单位,甲,乙\n" + "".join(f"{'局' * 9}{row},{cells}\n" for row in range(rows)), encoding="utf-8")
    return path


def writes_in(folder: Path, process: subprocess.Popen[bytes]) -> bool:
    """Whether a process has a file open for the results, which has no name yet."""
    for path in Path(f"/proc/{process.pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since it was listed
            if str(path.readlink()).startswith(f"{folder}/#"):
                return True
    return False


@pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="elsewhere the file has a name from the start")
@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_run_leaves_no_results_and_can_be_run_again(folder: Path, stop: signal.Signals) -> None:
    table, out = long_table(folder, 30_000, ",7"), folder / "o.csv"
    arguments = [str(folder / "r.rubric"), str(table), "-o", str(out)]
    with subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 60
        while not writes_in(folder, process):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(stop)
        process.wait(60)
    assert process.returncode not in (0, 1)
    assert {path.name for path in folder.iterdir()} == {"r.rubric", "t.csv", "long.csv"}
    long_table(folder, 3, "1,7")
    assert run(*arguments).returncode == 0
    assert out.exists()


@pytest.mark.parametrize("ending", ["csv", "parquet", pytest.param("arrow", marks=pytest.mark.slow)])
def test_a_full_disk_is_said_and_leaves_nothing(folder: Path, ending: str) -> None:
    table, out = long_table(folder, 20_000, "1,7"), folder / f"o.{ending}"
    done = subprocess.run(
        [*COMMAND, str(folder / "r.rubric"), str(table), "-o", str(out), "--lang", "en"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},  # it would be cut short, and every later start would fail
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )
    assert done.returncode == 2, done.stderr
    assert "is the disk full?" in done.stderr
    assert not [
        path
        for path in folder.iterdir()
        if path.name.endswith(("part", ending)) and path.name not in ("t.csv", "long.csv")
    ]


def totals(found: TableScores) -> list[Fraction | None]:
    cells = found.table.to_pydict()["total"]
    return [None if cell is None else Fraction(cell["numerator"], cell["denominator"]) for cell in cells]


def test_every_kind_of_column_gives_the_same_numbers() -> None:
    rubric = rd.loads(RUBRIC)
    expected = [Fraction(5), Fraction(54, 7)]
    texts = ["110", "3"]
    for kind in (pa.string(), pa.large_string(), pa.int16(), pa.uint64(), pa.decimal64(9, 3), pa.decimal256(40, 2)):
        column = (
            pa.array(texts).cast(kind)
            if pa.types.is_large_string(kind)
            else pa.array(
                [
                    Decimal(text) if pa.types.is_decimal(kind) else int(text) if pa.types.is_integer(kind) else text
                    for text in texts
                ],
                kind,
            )
        )
        table = pa.table({"甲": column, "乙": [100, 7]})
        assert totals(rubric.score_table(table)) == expected
        assert totals(rubric.score_table(table.slice(1))) == expected[1:]


def test_binary_fractions_are_refused_with_the_reason() -> None:
    with pytest.raises(TableError) as caught:
        rd.loads(RUBRIC).score_table(pa.table({"甲": [1.5], "乙": [1]}))
    assert caught.value.diagnostics[0].code == "float-refused"
    with pytest.raises(TableError):
        rd.loads(RUBRIC).score_table([1, 2])


@pytest.mark.parametrize("power", [31, 40, 44, 52, 53, 62, 63, 64, 100])
def test_great_numbers_are_exact_or_the_evaluators(power: int) -> None:
    rubric = rd.loads(RUBRIC)
    edges = [2**power + more for more in (-1, 0, 1)]
    rows = [(a * k // 100, a) for a in edges for k in (100, 101, 105, 112)] + [(a * 101, a * 100) for a in edges]
    table = pa.table({"甲": [str(a) for a, _ in rows], "乙": [str(b) for _, b in rows]})
    for engine in ("python", "auto"):
        found = rubric.score_table(table, engine=engine)
        for place, (a, b) in enumerate(rows):
            result = rubric.score({"甲": a, "乙": b})
            assert found.table["控制率"][place].as_py() == result.indicators["控制率"].score
            cell = found.table["total"][place].as_py()
            total = Fraction(cell["numerator"], cell["denominator"]) if isinstance(cell, dict) else Fraction(cell)
            assert total == result.total.score


def test_a_group_is_the_whole_table() -> None:
    rubric = rd.loads(COHORT)
    found = rubric.score_table(pa.table({"单位": ["一", "二", "三"], "甲": ["1", "2", "6"]}), ("scores", "ranges"))
    cells = found.table.to_pydict()["排名"]
    scores = [
        Fraction(str(c)) if not isinstance(c, dict) else Fraction(c["numerator"], c["denominator"]) for c in cells
    ]
    assert scores == [Fraction(10, 3), Fraction(20, 3), 10]


def test_a_column_finer_than_usual_leaves_those_read_before_it_on_their_scale() -> None:
    rubric = rd.loads(
        RANKED.replace("名次（率，从低到高）", "甲 ÷ 乙").replace("= 1 计满分；否则 不得分", "按比例计分，最多 满分")
    )
    unused = pa.DictionaryArray.from_arrays(pa.array([0, 0], pa.int8()), pa.array(["1", "0.1234567"]))
    found = rubric.score_table(pa.table({"甲": unused, "乙": ["2", "2.00000001"]}))
    assert found.values("排名") == [5, Fraction(10) / Fraction("2.00000001")]
    assert not found.alone


MAY_LACK = """指标体系 试 年度 2019
满分 10
基础数据表
  甲：万元，可无数据
  乙：万元，> 0
一级指标 一 10
三级指标 完成率 10
情形 当 无数据（甲）
指标值 乙 ÷ 10万元
评价标准 按比例计分，最多 满分
其余情形
指标值 甲 ÷ 乙
评价标准 按比例计分，最多 满分
"""


@pytest.mark.parametrize("ending", ["无数据", "unavailable"])
@pytest.mark.parametrize("engine", ["auto", "duckdb"])
def test_a_column_beside_a_typed_one_says_what_is_unavailable(engine: Literal["auto", "duckdb"], ending: str) -> None:
    rubric = rd.loads(MAY_LACK)
    flags = pa.array([True, None, False, True, False])
    amounts = pa.array([None, Decimal("1.500000"), Decimal(2), Decimal("3.25"), None], pa.decimal128(30, 20))
    rest = {"乙": pa.array([3, 3, 3, 3, 3])}
    words = pa.array(["无数据", "1.5", "2", "3.25 无数据", None])
    expected = rubric.score_table(pa.table({"甲": words, **rest}), engine=engine)
    found = rubric.score_table(pa.table({"甲": amounts, f"甲.{ending}": flags, **rest}), engine=engine)
    assert found.table.equals(expected.table)
    assert [(item.row, item.code) for item in found.faults] == [(4, "not-a-number")]
    assert not found.diagnostics
    (part,) = rubric.score_batches(pa.table({f"甲.{ending}": flags, **rest}), keep=[f"甲.{ending}"])
    assert part.values("完成率") == [3, None, None, 3, None]
    assert part.table.column(f"甲.{ending}").to_pylist() == flags.to_pylist()
    assert not part.diagnostics
    told = rubric.score_table(pa.table({"甲": amounts, f"乙.{ending}": flags, **rest})).diagnostics
    assert [item.code for item in told] == ["unknown-figure"]


def test_quotients_of_a_group_are_in_order_however_near_they_are() -> None:
    """More than binary fractions can tell apart; the rows are scored by columns all the same."""
    rubric = rd.loads(RANKED)
    pairs = [(10**11 + step, 10**11 + step + 1) for step in (5, 3, 4, 3, 0, 1)] + [(1, 3), (2, 6)]
    table = pa.table({"甲": [a for a, _ in pairs], "乙": [b for _, b in pairs]})
    found = rubric.score_table(table, ("measures",))
    ranks = [1 + sum(Fraction(*other) < Fraction(*own) for other in pairs) for own in pairs]
    assert found.values("排名.measure") == ranks
    assert not found.alone


@pytest.mark.parametrize("engine", ["auto", "duckdb"])
def test_frames_of_polars_and_pandas_go_in(engine: Literal["auto", "duckdb"]) -> None:
    polars, pandas = pytest.importorskip("polars"), pytest.importorskip("pandas")
    if engine == "duckdb":
        pytest.importorskip("duckdb")
    rubric = rd.loads(RUBRIC)
    texts = {"单位": ["一", "二", "三"], "甲": ["110", None, "3"], "乙": ["100", "5", "7"]}
    numbers = {"甲": [Decimal("110.00"), None, Decimal("3.00")], "乙": [100, 5, 7]}
    expected = rubric.score_table(pa.table(texts), engine="python").table
    assert totals(rubric.score_table(pa.table(texts))) == [5, None, Fraction(54, 7)]
    for frame in (
        polars.DataFrame(texts),
        polars.DataFrame(texts | numbers, schema_overrides={"甲": polars.Decimal(20, 2), "乙": polars.Int32}),
        polars.DataFrame(texts, schema_overrides={"单位": polars.Categorical, "乙": polars.Categorical}),
        pandas.DataFrame(texts),
        pandas.DataFrame(texts | numbers),
        pandas.DataFrame(texts, index=[7, 5, 3]),
        pandas.DataFrame(texts | {"乙": pandas.array([100, 5, 7], "Int64")}),
    ):
        found = rubric.score_table(frame, engine=engine)
        assert totals(found) == [5, None, Fraction(54, 7)]
        assert found.table["subject"].to_pylist() == ["一", "二", "三"]
        for name in ("控制率", "控制率.status", "total.min", "total.max", "grade"):
            assert numbers_of(found.table[name]) == numbers_of(expected[name]), name
    with pytest.raises(TableError) as caught:
        rubric.score_table(pandas.DataFrame({"甲": [1.5], "乙": [1]}), engine=engine)
    assert caught.value.diagnostics[0].code == "float-refused"


def numbers_of(column: pyarrow.ChunkedArray) -> list[object]:
    return [
        Fraction(cell["numerator"], cell["denominator"]) if isinstance(cell, dict) else cell
        for cell in column.to_pylist()
    ]


@pytest.mark.slow
def test_machine_code_is_kept_between_runs(tmp_path: Path) -> None:
    pytest.importorskip("numba")
    code = (
        "import rubric_dsl as rd, pyarrow as pa\n"
        f"rubric = rd.loads({RUBRIC!r})\n"
        "table = pa.table({'甲': ['110', '3'], '乙': ['100', '7']})\n"
        "print(rubric.score_table(table, ('scores',), 'machine').table['控制率'].cast('int64').to_pylist())"
    )
    environment = {"XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path), "PATH": ""}
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment
        )
        assert done.stdout.strip() == "[1, 6]", done.stderr
    assert len(list(tmp_path.rglob("*.nbc"))) == 1


SIGNED = """指标体系 试 年度 2019
满分 2
计步 整步
等级 “＋优” ≥ 2，差 < 2
基础数据表
  “=甲”：万元
一级指标 一 2
三级指标 “-乙” 2
  指标值 “=甲”
  评价标准 ≥ 1万元 计满分；否则 不得分
"""
NAMES = ["=一局", "＝二局", "+1 局", "－四局", "@五局", "＠六局", "\t七局", "'=八局", "''九局", "-10", "正局"]


def test_what_begins_like_a_formula_is_text_in_a_spreadsheet_and_reads_back(tmp_path: Path) -> None:
    (tmp_path / "r.rubric").write_text(SIGNED, encoding="utf-8")
    pq.write_table(pa.table({"单位": NAMES, "=甲": [1] * len(NAMES), "=备注": NAMES}), tmp_path / "t.parquet")
    out, faults = tmp_path / "o.csv", tmp_path / "f.csv"
    done = run(
        str(tmp_path / "r.rubric"),
        str(tmp_path / "t.parquet"),
        "-o",
        str(out),
        "--keep",
        "=备注",
        "--faults",
        str(faults),
    )
    assert done.returncode == 0, done.stderr
    for path in (out, faults):
        assert path.read_bytes().startswith(codecs.BOM_UTF8)
    with out.open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert [cell for cell in cells if cell[:1] in tuple("=+-@＝＋－＠\t\r\n")] == ["-10", "-10"]  # a number is none
    back = pa.Table.from_batches(opened(out).batches())
    assert back.column("subject").to_pylist() == back.column("=备注").to_pylist() == NAMES
    assert back.column("-乙").to_pylist() == ["2"] * len(NAMES)
    assert set(back.column("grade").to_pylist()) == {"＋优"}


@given(st.text("'=+-@＝＋－＠\t\r\n1,.%甲 ", max_size=6))
def test_every_text_comes_back_from_a_guarded_cell(text: str) -> None:
    cell = guarded(text)
    assert unguarded(cell) == text
    assert cell[:1] not in tuple("=+-@＝＋－＠\t\r\n") or re.fullmatch(r"[+-][\d,.]+%?", cell)


def test_one_submission_and_a_table_read_a_guarded_cell_alike(tmp_path: Path) -> None:
    text = "单位,数据[=甲],自评[-乙],认定[-乙],认定理由[-乙]\n'=一局,1,2,2,'+理由\n"
    for path in (tmp_path / "t.csv", tmp_path / "guarded.csv"):
        path.write_text(text if path.stem == "t" else text.replace("数据[=甲]", "'=甲"), encoding="utf-8")
        (one,), found = read_submissions(read_source(path))
        assert found == ()
        assert (one.subject, list(one.figures), one.overrides["-乙"].reason) == ("=一局", ["=甲"], "+理由")
        table = rd.loads(SIGNED).score_table(path).table.to_pydict()
        assert table["subject"] == ["=一局"]
        assert table["-乙"] == [2]
