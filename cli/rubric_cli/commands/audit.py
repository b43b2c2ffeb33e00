"""``rubric audit``: claimed scores against recomputed ones."""

from __future__ import annotations

from typing import Annotated

import typer

from rubric_cli.common import (
    Format,
    FormatOption,
    LangOption,
    QuietOption,
    ReadingOption,
    chosen,
    exit_code,
    has_error,
    out,
    out_json,
    print_diagnostics,
    words,
)
from rubric_cli.loading import rubric_of, submissions_of
from rubric_cli.progress import tracked
from rubric_dsl.evaluate.as_json import diagnostic_json
from rubric_dsl.report.audit_json import audit_json
from rubric_dsl.report.audit_text import (
    audit_header,
    audit_lines,
    audit_rows,
    summary_header,
    summary_rows,
)


def audit(
    rubric: Annotated[str, typer.Argument(help=words("评分规则文件", "rubric file"))],
    data: Annotated[
        list[str], typer.Argument(help=words("数据文件，或放数据的文件夹", "data files, or folders of them"))
    ],
    reading: ReadingOption = None,
    lang: LangOption = None,
    form: FormatOption = Format.text,
    quiet: QuietOption = False,
) -> None:
    """Hold claimed scores against recomputed ones."""
    language = chosen(lang)
    loaded = rubric_of(rubric, language, form, reading)
    submissions, found = submissions_of(data, language)
    auditor = loaded.auditor()
    pairs = zip(submissions, loaded.score_all(submissions), strict=True)
    audits = [auditor.audit(*pair) for pair in tracked(list(pairs), words("审核", "auditing"))]
    if form == Format.json:
        shown = [audit_json(item, language) for item in audits]
        faults = [diagnostic_json(item, language) for item in found]
        if shown:
            shown[0]["diagnostics"] = faults + shown[0]["diagnostics"]
        out_json(shown[0] if len(shown) == 1 else shown or faults)
    elif not quiet:
        from rubric_cli.tables import plain_table

        for item in audits:
            title = f"{item.result.subject}  {item.result.rubric} {item.result.edition}".strip()
            out(plain_table(title, audit_header(language), audit_rows(item, language), audit_lines(item, language)))
            print_diagnostics(item.result.diagnostics, language, err=True)
        if len(audits) > 1:
            out(plain_table("", summary_header(language), summary_rows(audits, language), []))
        print_diagnostics(found, language, err=True)
    sound = all(item.stands and not has_error(item.result.diagnostics) for item in audits)
    raise typer.Exit(exit_code(found=has_error(found) or not sound, complete=True))
