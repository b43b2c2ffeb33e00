"""``rubric verify``: proofs and counterexamples about the rubric itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from rubric_cli.common import (
    Format,
    FormatOption,
    LangOption,
    QuietOption,
    ReadingOption,
    chosen,
    exit_code,
    needed,
    out,
    out_json,
    rubric_files,
    words,
)
from rubric_cli.loading import rubric_of
from rubric_dsl import Rubric
from rubric_dsl.diagnostics import Lang
from rubric_dsl.records import dataclass
from rubric_dsl.report.diagnostics_text import safe
from rubric_dsl.report.laws_text import laws_json, laws_text
from rubric_dsl.report.verify_json import verify_json
from rubric_dsl.report.verify_text import verify_text

if TYPE_CHECKING:
    from rubric_dsl.testing.laws import Broken, Law

HypothesisOption = Annotated[
    bool,
    typer.Option(
        "--hypothesis",
        help=words(
            "再用随机数据试验各条规律（要装 rubric-dsl[testing]）",
            "also try laws on random data (needs rubric-dsl[testing])",
        ),
    ),
]


def verify(
    files: Annotated[
        list[str], typer.Argument(help=words("评分规则文件，或放规则的文件夹", "rubric files, or folders of them"))
    ],
    reading: ReadingOption = None,
    hypothesis: HypothesisOption = False,
    lang: LangOption = None,
    form: FormatOption = Format.text,
    quiet: QuietOption = False,
) -> None:
    """Prove what can be proved of rubrics, and show data for what does not hold."""
    language = chosen(lang)
    if hypothesis:
        needed("testing", language)
    rubrics = [rubric_of(name, language, form, reading) for name in rubric_files(files, language)]
    reports = [(rubric.model, rubric.verify()) for rubric in rubrics]
    tried = [_tried(rubric) for rubric in rubrics] if hypothesis else []
    if form == Format.json:
        shown = [verify_json(model, report, language) for model, report in reports]
        for data, own in zip(shown, tried, strict=False):
            data["trials"] = own.json(language)
        out_json(shown[0] if len(shown) == 1 else shown)
    elif not quiet:
        for index, (model, report) in enumerate(reports):
            lines = verify_text(model, report, language).split("\n")
            lines += ["", *tried[index].text(language).split("\n")] if tried else []
            out("\n".join(safe(line) for line in lines))
    found = any(report.faults for _, report in reports) or any(own.broken for own in tried)
    raise typer.Exit(exit_code(found=found, complete=True))


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of the laws on one rubric."""

    broken: tuple[Broken, ...]
    laws: tuple[Law, ...]
    examples: int

    def text(self, lang: Lang) -> str:
        """Write it for people."""
        return laws_text(self.laws, self.broken, self.examples, lang)

    def json(self, lang: Lang) -> dict[str, object]:
        """Return it as plain data."""
        return laws_json(self.laws, self.broken, self.examples, lang)


def _tried(rubric: Rubric) -> Tried:
    from rubric_dsl.testing.laws import EXAMPLES, LAWS, broken

    return Tried(broken(rubric), LAWS, EXAMPLES)
