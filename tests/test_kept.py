"""Rubrics kept as they were read: the same answers, used only while nothing has changed, harmless whatever lies there."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from rubric_cli import kept
from rubric_cli.app import cli
from rubric_dsl import loading
from rubric_dsl.digests import sha256
from rubric_dsl.source import Source
from tests.test_editions import BASE, NEXT

ROOT = Path(__file__).resolve().parent.parent
SEED = ROOT / "rubrics/yuhua/2019.rubric"
DATA = ROOT / "rubrics/yuhua/2019-science-bureau.yaml"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An own folder to keep things in, and a rubric in another."""
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "cache"))
    (tmp_path / "a.rubric").write_bytes(SEED.read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def score(*more: str, data: str = str(DATA)) -> Result:
    return CliRunner().invoke(cli, ["score", "a.rubric", data, "--format", "json", "--lang", "zh", *more])


def files(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "cache").rglob("*") if path.is_file())


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the texts that are read."""
    names: list[str] = []
    real = loading.check_source

    def noting(source: Source, *rest: Path | None, deep: bool = True) -> object:
        names.append(source.name)
        return real(source, *rest, deep=deep)

    monkeypatch.setattr("rubric_dsl.loading.check_source", noting)
    return names


def test_a_rubric_is_read_once(folder: Path, read: list[str]) -> None:
    first = score()
    (place,) = files(folder)
    assert os.name != "posix" or place.parent.stat().st_mode & 0o077 == 0
    assert score().output == first.output
    assert read == ["a.rubric"]
    reading = score("--reading", "按比例")
    assert read == ["a.rubric"]
    place.unlink()
    assert score("--reading", "按比例").output == reading.output != first.output
    assert len(read) == 2


def test_it_is_read_again_when_anything_has_changed(
    folder: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = score()
    text = SEED.read_text(encoding="utf-8")
    assert "每超过 1个百分点 扣0.5分" in text
    (folder / "a.rubric").write_text(
        text.replace("每超过 1个百分点 扣0.5分", "每超过 1个百分点 扣0.1分", 1), encoding="utf-8"
    )
    changed = score()
    assert changed.output != first.output
    assert len(read) == 2
    monkeypatch.setattr(kept, "VERSION", "0.0.0")
    assert score().output == changed.output
    assert len(read) == 3


def test_it_is_read_again_when_the_edition_below_has_changed(folder: Path, read: list[str]) -> None:
    (folder / "2018.rubric").write_text(BASE, encoding="utf-8")
    (folder / "a.rubric").write_text("# 与上年相同\n" * kept._LEAST + NEXT, encoding="utf-8")
    (folder / "d.yaml").write_text("甲数: 80\n乙数: 100\n丁数: 100\n乙: 6\n", encoding="utf-8")
    first = score(data="d.yaml")
    assert len(files(folder)) == 1, first.output
    assert score(data="d.yaml").output == first.output
    assert len(read) == 1
    (folder / "2018.rubric").write_text(BASE.replace("扣2分", "扣1分"), encoding="utf-8")
    assert score(data="d.yaml").output != first.output
    assert len(read) == 2
    (folder / "2018.rubric").unlink()
    assert score(data="d.yaml").exit_code == 1
    assert len(read) == 3


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def flipped(data: bytes) -> bytes:
    return data[:-500] + bytes([data[-500] ^ 1]) + data[-499:]


def signed(payload: bytes) -> bytes:
    data = kept._program() + payload
    return sha256(data).digest() + data


class Command:
    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, ("touch hacked",)


def by_name(module: str, name: str) -> bytes:
    """A pickle that calls what a module has by a name."""
    return f"c{module}\n{name}\n(S'hacked'\ntR.".encode()


@pytest.mark.parametrize(
    "damaged",
    [
        cut,
        flipped,
        lambda _: b"",
        lambda _: signed(pickle.dumps(Command())),
        lambda _: signed(pickle.dumps(Command)),
        lambda _: signed(by_name("rubric_dsl.loading", "read_source")),
        lambda _: signed(by_name("rubric_dsl.loading", "Path")),
        lambda _: signed(pickle.dumps(0)),
    ],
    ids=[
        "cut off",
        "a bit",
        "empty",
        "a command",
        "a class of others",
        "a function of ours",
        "a class from elsewhere",
        "a number",
    ],
)
def test_what_is_damaged_is_not_used(folder: Path, read: list[str], damaged: Callable[[bytes], bytes]) -> None:
    first = score()
    (place,) = files(folder)
    whole = place.read_bytes()
    place.write_bytes(damaged(whole))
    assert score().output == first.output
    assert len(read) == 2
    assert place.read_bytes() == whole
    assert not (folder / "hacked").exists()


def test_nothing_is_kept_of_short_or_faulty_rubrics_or_where_it_cannot_be(folder: Path, read: list[str]) -> None:
    (folder / "a.rubric").write_text("指标体系 小 年度 2024\n满分 1\n一级指标 一 1\n三级指标 甲 1\n", encoding="utf-8")
    assert score().exit_code == 1
    text = SEED.read_text(encoding="utf-8")
    (folder / "a.rubric").write_text(text.replace("一级指标 投入 13分", "一级指标 投入 14分", 1), encoding="utf-8")
    assert score().exit_code == 1
    assert not files(folder)
    (folder / "cache").mkdir(exist_ok=True)
    (folder / "cache" / "rubric_dsl").write_bytes(b"")
    (folder / "a.rubric").write_text(text, encoding="utf-8")
    assert score().exit_code == score().exit_code == 0
    assert len(read) == 4


def test_the_oldest_makes_room(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_MOST", 2)
    score()
    (oldest,) = files(folder)
    os.utime(oldest, (1, 1))
    for name in ("b.rubric", "c.rubric"):
        (folder / name).write_bytes(SEED.read_bytes())
        CliRunner().invoke(cli, ["score", name, str(DATA), "--quiet"])
    assert len(files(folder)) == 2
    assert oldest not in files(folder)
