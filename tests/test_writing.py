"""What commands write: never over what they read or over each other, and whole or not there at all."""

from __future__ import annotations

import os
import resource
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner, Result

from rubric_cli.app import COMMANDS, cli
from rubric_cli.writing import outputs, write, write_over
from rubric_dsl.source import read_source
from tests.test_editions import BASE, NEXT

DATA = "甲数: 80\n乙数: 100\n丁数: 100\n乙: 6\n"
ARGUMENTS = {
    "rubric": ["a.rubric"],
    "file": ["a.rubric"],
    "files": ["a.rubric"],
    "data": ["d.yaml"],
    "table": ["t.csv"],
    "result": ["r.json"],
    "stage": ["core"],
    "name": ["名称"],
    "folder": ["none"],  # a service would not end
}
"""What each argument of a command is given; one that is not here fails the tests until it is."""
INPUTS = ("a.rubric", "2018.rubric", "d.yaml", "t.csv", "r.json")
NO_PATHS = {"boolean", "choice", "integer", "integer range", "float"}
"""Kinds of options that cannot take a path."""
MORE = {"batch": ["--format", "csv"], "explain": [], "whatif": ["--set", "甲数=81"]}
"""Options without which a command does nothing."""


def command(name: str) -> Any:  # noqa: ANN401 - Typer does not say what its commands are
    group: Any = get_command(cli)
    return group.get_command(typer.Context(group), name)


def call(name: str, *more: str) -> list[str]:
    """The words of a command with all its arguments; a required option that is not in ``more`` gets a value."""
    words = [name]
    for item in command(name).params:
        if item.param_type_name == "argument" and item.name != "indicator":
            words += ARGUMENTS[item.name]
        elif item.required and not set(item.opts) & {*more, *MORE.get(name, [])}:
            words += [item.opts[0], "needed.csv"]
    return [*words, *MORE.get(name, []), *more]


def text_options() -> list[tuple[str, str]]:
    """Each option of each command that takes a text, and so could take a path."""
    return [
        (name, item.opts[0])
        for name in COMMANDS
        for item in command(name).params
        if item.param_type_name == "option" and item.type.name not in NO_PATHS and item.opts[0] != "--set"
    ]


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, words)


@contextmanager
def a_folder(path: Path) -> Iterator[Path]:
    before = Path.cwd()
    os.chdir(path)
    try:
        yield path
    finally:
        os.chdir(before)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder with a rubric, the edition it inherits from, data, a table, and a result."""
    with a_folder(tmp_path):
        made(tmp_path)
        yield tmp_path


def made(path: Path) -> None:
    (path / "2018.rubric").write_text(BASE, encoding="utf-8")
    (path / "a.rubric").write_text(NEXT, encoding="utf-8")
    (path / "d.yaml").write_text(DATA, encoding="utf-8")
    (path / "t.csv").write_text("部门,甲数,乙数,丁数,乙\n局,80,100,100,6\n", encoding="utf-8")
    (path / "r.json").write_text(run("score", "a.rubric", "d.yaml", "--format", "json").stdout, encoding="utf-8")


def files(path: Path) -> dict[str, bytes]:
    return {item.name: item.read_bytes() for item in path.iterdir() if item.is_file()}


@cache
def writing_options(place: Path) -> tuple[tuple[str, str], ...]:
    """The options that name a file to write: those with which one appears."""
    found = []
    with a_folder(place):
        made(place)
        for name, option in text_options():
            run(*call(name, option, "new.csv"))
            if (place / "new.csv").exists():
                found.append((name, option))
                (place / "new.csv").unlink()
    return tuple(found)


@pytest.fixture(scope="module")
def writers(tmp_path_factory: pytest.TempPathFactory) -> tuple[tuple[str, str], ...]:
    found = writing_options(tmp_path_factory.mktemp("writers"))
    assert {("batch", "--output"), ("batch", "--faults"), ("explain", "--output"), ("data", "--output")} <= set(found)
    return found


def test_no_option_with_a_path_to_what_is_read_changes_it(folder: Path) -> None:
    before = files(folder)
    for name, option in text_options():
        for path in [path for path in INPUTS if reads(name, path)]:
            run(*call(name, option, path))
            assert {key: value for key, value in files(folder).items() if key in before} == before, (name, option, path)
            (folder / "needed.csv").unlink(missing_ok=True)


def aliases(path: str) -> list[str]:
    """Other names of a file."""
    Path(f"hard-{path}").hardlink_to(path)
    Path(f"soft-{path}").symlink_to(path)
    Path(f"twice-{path}").symlink_to(f"soft-{path}")
    Path("inner").mkdir(exist_ok=True)
    return [
        path,
        f"./{path}",
        f"inner/../{path}",
        f"hard-{path}",
        f"soft-{path}",
        f"twice-{path}",
        path.upper(),
    ]


def reads(name: str, path: str) -> bool:
    """Whether a command reads a file: the edition below is read with the rubric."""
    words = call(name)
    return path in words or (path == "2018.rubric" and "a.rubric" in words)


def test_no_output_goes_over_what_the_command_reads(folder: Path, writers: tuple[tuple[str, str], ...]) -> None:
    for path in INPUTS:
        names = aliases(path)
        for name, option in writers:
            for alias in names if reads(name, path) else []:
                before = files(folder)
                done = run(*call(name, option, alias))
                assert done.exit_code == 2, (name, option, alias, done.output)
                assert files(folder) == before, (name, option, alias)


def test_outputs_of_one_command_are_held_apart(folder: Path, writers: tuple[tuple[str, str], ...]) -> None:
    (folder / "old.csv").write_bytes(b"old")
    (folder / "link.csv").symlink_to("old.csv")
    (folder / "dangling.csv").symlink_to("later.csv")
    pairs = [("x.csv", "x.csv"), ("x.csv", "./x.csv"), ("x.csv", "X.csv"), ("old.csv", "link.csv")]
    pairs += [("é.csv", unicodedata.normalize("NFD", "é.csv")), ("later.csv", "dangling.csv")]
    before = files(folder)
    for name in COMMANDS:
        own = [option for command_name, option in writers if command_name == name]
        for one, other in pairs if len(own) > 1 else []:
            done = run(*call(name, own[0], one, own[1], other))
            assert done.exit_code == 2, (name, one, other)
            assert files(folder) == before


def test_a_missing_folder_is_told_as_such(folder: Path, writers: tuple[tuple[str, str], ...]) -> None:
    (folder / "file").write_bytes(b"")
    for name, option in writers:
        english = (
            [] if "--lang" not in {word for item in command(name).params for word in item.opts} else ["--lang", "en"]
        )
        assert "there is no folder none" in run(*call(name, option, "none/x.csv", *english)).output, (name, option)
        assert "file is not a folder" in run(*call(name, option, "file/x.csv", *english)).output
        assert "this is a folder" in run(*call(name, option, ".", *english)).output


@contextmanager
def no_room(most: int) -> Iterator[None]:
    before, compiled = resource.getrlimit(resource.RLIMIT_FSIZE), sys.dont_write_bytecode
    sys.dont_write_bytecode = True  # compiled modules would be cut short, and every later start would fail
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        sys.dont_write_bytecode = compiled


@pytest.mark.parametrize("there", [False, True])
def test_on_a_full_disk_nothing_changes(folder: Path, writers: tuple[tuple[str, str], ...], there: bool) -> None:
    for name, option in writers:
        (folder / "x.csv").unlink(missing_ok=True)
        if there and name in ("batch", "explain"):
            (folder / "x.csv").write_bytes(b"old")
        before = files(folder)
        with no_room(8):
            done = run(*call(name, option, "x.csv", *(["--lang", "en"] if name != "fmt" else [])))
        assert done.exit_code == 2, (name, option, done.output)
        assert "disk full" in done.output, (name, option, done.output)
        assert files(folder) == before, (name, option)


def test_in_place_a_full_disk_changes_nothing(folder: Path) -> None:
    (folder / "a.rubric").write_text(NEXT.replace("\n", "  \n", 3), encoding="utf-8")
    before = files(folder)
    with no_room(8):
        assert run("fmt", "a.rubric").exit_code == 2
    assert files(folder) == before
    assert run("fmt", "a.rubric").exit_code == 0
    assert files(folder) != before


@pytest.fixture(params=["without a name", "with a name", "without links"])
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the system can do: files without a name, and links."""
    if request.param != "without a name":
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    if request.param == "without links":
        monkeypatch.delattr(os, "link")
    return str(request.param)


@pytest.mark.usefixtures("system")
def test_of_two_at_once_each_is_whole_and_the_last_one_stays(folder: Path) -> None:
    with outputs(["o"], "en") as (one,):
        one.write(b"one" * 50_000)
        with outputs(["o"], "en") as (two,):
            two.write(b"two")
            one.write(b"one")
        assert (folder / "o").read_bytes() == b"two"
    assert (folder / "o").read_bytes() == b"one" * 50_001
    assert not list(folder.glob(".*"))


@pytest.mark.usefixtures("system")
def test_what_must_be_new_is_never_written_over(folder: Path) -> None:
    with pytest.raises(typer.Exit), outputs(["o"], "en", new=True):
        (folder / "o").write_bytes(b"another's")
    assert (folder / "o").read_bytes() == b"another's"
    (folder / "link").symlink_to("nowhere")
    with pytest.raises(typer.Exit):
        write("link", "text", "en", new=True)
    write("p", "text", "en", new=True)
    assert (folder / "p").read_bytes() == b"text"
    assert not (folder / "nowhere").exists()
    assert not list(folder.glob(".*"))


@pytest.mark.usefixtures("system")
def test_modes_and_links_are_kept(folder: Path) -> None:
    before = os.umask(0o027)
    try:
        write("o", "new", "en")
    finally:
        os.umask(before)
    assert (folder / "o").stat().st_mode & 0o777 == 0o640
    (folder / "o").chmod(0o604)
    (folder / "link").symlink_to("o")
    write("link", "over", "en")
    assert (folder / "o").stat().st_mode & 0o777 == 0o604
    assert (folder / "o").read_bytes() == b"over"
    assert (folder / "link").is_symlink()


@pytest.mark.usefixtures("system")
def test_a_link_that_waits_for_the_file_aside_is_not_followed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.urandom", lambda count: b"\0" * count)
    (folder / "victim").write_bytes(b"kept")
    (folder / f".rubric-{'00' * 8}.part").symlink_to("victim")
    with pytest.raises(typer.Exit):
        write("o", "text", "en")
    assert (folder / "victim").read_bytes() == b"kept"
    assert not (folder / "o").exists()


@pytest.mark.parametrize("fault", [KeyboardInterrupt, SystemExit, ValueError])
@pytest.mark.usefixtures("system")
def test_what_is_broken_off_leaves_what_was_there(folder: Path, fault: type[BaseException]) -> None:
    (folder / "o").write_bytes(b"old")
    before = files(folder)

    def broken_off() -> None:
        with outputs(["o", "p"], "en") as (one, _):
            one.write(b"half")
            raise fault

    with pytest.raises(fault):
        broken_off()
    assert files(folder) == before


def test_what_was_edited_meanwhile_is_not_written_over(folder: Path) -> None:
    source = read_source(Path("d.yaml"))
    (folder / "d.yaml").write_text(DATA + "丙: 1\n", encoding="utf-8")
    assert not write_over(source, "formatted", "en")
    assert (folder / "d.yaml").read_text(encoding="utf-8") == DATA + "丙: 1\n"
    assert write_over(read_source(Path("d.yaml")), "formatted", "en")


def test_what_is_no_ordinary_file_is_left_alone(folder: Path) -> None:
    os.mkfifo("pipe")
    for name in ("pipe", "/dev/null", "/dev/full"):
        assert run("explain", "a.rubric", "d.yaml", "-o", name).exit_code == 2
    assert not Path("/dev/null").is_file()
    assert (folder / "pipe").is_fifo()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to everything")
def test_what_is_write_protected_is_left_alone(folder: Path) -> None:
    (folder / "o.txt").write_bytes(b"old")
    (folder / "o.txt").chmod(0o444)
    assert run("explain", "a.rubric", "d.yaml", "-o", "o.txt").exit_code == 2
    assert (folder / "o.txt").read_bytes() == b"old"
