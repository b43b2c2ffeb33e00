"""A pytest plugin: the examples of ``.rubric`` files as tests. The package is imported when such a file is collected.

A file that is named on the command line is always collected. Files met in a folder are collected where the ini option
``rubric_files`` names them::

    [tool.pytest.ini_options]
    rubric_files = ["rubrics/*/*.rubric"]
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from rubric_dsl.diagnostics import Lang
    from rubric_dsl.scoring.examples import ExampleResult

SUFFIX = ".rubric"
UNUSABLE = "check"
"""The name of the test that fails in place of the examples of a rubric that cannot be used."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the ini option."""
    parser.addini(
        "rubric_files",
        "globs of the .rubric files whose examples are collected from folders, relative to the root",
        type="args",
        default=[],
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a rubric that was named, or that the ini option names."""
    if file_path.suffix != SUFFIX:
        return None
    if parent.session.isinitpath(file_path) or _named(file_path, parent.config):
        return RubricFile.from_parent(parent, path=file_path)
    return None


def _named(path: Path, config: pytest.Config) -> bool:
    globs: Iterable[str] = config.getini("rubric_files")
    try:
        below = path.relative_to(config.rootpath)
    except ValueError:
        return False
    return any(below.match(glob) for glob in globs)


class RubricFile(pytest.File):
    """A rubric; its examples and whole cases are its tests."""

    def collect(self) -> Iterable[pytest.Item]:
        """Read the rubric and run its examples.

        A rubric that cannot be read, or has errors, is one test that fails: the session goes on with the others.
        """
        from rubric_dsl.loading import check_source
        from rubric_dsl.report.diagnostics_text import diagnostic_text
        from rubric_dsl.source import UnreadableError, read_source

        try:
            source = read_source(self.path, self.path.name)
        except UnreadableError as error:
            yield UnusableItem.from_parent(self, name=UNUSABLE, why=f"{self.path.name}: {error}")
            return
        rubric, found = check_source(source, self.path.parent, deep=False)
        if rubric is None:
            shown = [diagnostic_text(item, _language()) for item in found if item.is_error]
            yield UnusableItem.from_parent(self, name=UNUSABLE, why="\n\n".join(shown))
            return
        for result in rubric.run_examples():
            name = f"{result.indicator}:{result.place.line}"
            yield ExampleItem.from_parent(self, name=name, result=result)


class UnusableRubricError(Exception):
    """A rubric that cannot be read, or has errors; the message is what ``rubric check`` says."""


class UnusableItem(pytest.Item):
    """The one test of a rubric whose examples cannot be run."""

    def __init__(self, *, name: str, parent: pytest.Collector, why: str) -> None:
        super().__init__(name, parent)
        self.why = why

    def runtest(self) -> None:
        """Say why there are no examples to run.

        Raises:
            UnusableRubricError: always.
        """
        raise UnusableRubricError(self.why)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        """Say it in the words of ``rubric check``."""
        return self.why if isinstance(excinfo.value, UnusableRubricError) else str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return the file."""
        return self.path, 0, self.name


class WrongScoreError(Exception):
    """An example does not come out."""


class ExampleItem(pytest.Item):
    """One example; its name is the indicator's with the line, so that ``-k`` finds it."""

    def __init__(self, *, name: str, parent: pytest.Collector, result: ExampleResult) -> None:
        super().__init__(name, parent)
        self.result = result

    def runtest(self) -> None:
        """Compare what was scored with what was expected.

        Raises:
            WrongScoreError: another score, or another grade, comes out.
        """
        if not self.result.passed:
            raise WrongScoreError

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        """Say in words what was given, what was expected and what came out."""
        if not isinstance(excinfo.value, WrongScoreError):
            return str(super().repr_failure(excinfo))
        from rubric_dsl.report.example_text import failed_text

        return failed_text(self.result, _language())

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where the example stands."""
        return self.path, self.result.place.line - 1, self.name


def _language() -> Lang:
    stated = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "zh" if stated.lower().startswith("zh") else "en"
