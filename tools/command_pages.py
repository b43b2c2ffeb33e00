"""The page of the command line, in the language of the environment (``LANG``): every command with what its ``--help`` says.

``tools/make_reference.py`` runs it once for each language, for the commands choose their words when they are imported.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "cli")]

import typer  # noqa: E402
from typer.main import get_command  # noqa: E402

from rubric_cli.app import cli  # noqa: E402 - of this checkout
from rubric_cli.common import words  # noqa: E402

LEAD = words(
    """[索引](README.md) · [English](../en/commands.md)

`rubric 命令 --help` 显示同样的内容。语言默认取自环境变量 `LANG`，也可以写 `--lang zh`。文件名写 `-` 表示标准输入。输出文件要么完整，要么不写，
也不会覆盖本次要读的文件。程序出错时，设 `RUBRIC_DEBUG=1` 再运行一次，可以看到细节。""",
    """[index](README.md) · [中文](../zh/commands.md)

`rubric COMMAND --help` says the same. The language is that of the environment (`LANG`), or `--lang en`. `-` for the name of a file is standard input. A file is written whole or
not at all, and never over one that the command reads. Should the program itself fail, run it again with `RUBRIC_DEBUG=1` to see the details.""",
)
CODES = words(
    """| 退出码 | 含义 |
|---|---|
| 0 | 没有问题 |
| 1 | 发现问题：评分规则或数据有错误，例子不符，自评不成立，复核不一致 |
| 2 | 未完成：文件读不了，选项不对，缺少扩展 |""",
    """| exit code | meaning |
|---|---|
| 0 | nothing to report |
| 1 | something was found: a fault of the rubric or the data, an example that fails, a claim that does not stand, a result that is refuted |
| 2 | the work could not be done: a file that cannot be read, a wrong option, a missing extra |""",
)
ARGUMENT, OPTION = words("参数 | 含义", "argument | meaning"), words("选项 | 含义", "option | meaning")
REQUIRED, DEFAULT, OR = words("必填", "required"), words("默认", "default"), words("或", "or")


def page() -> str:
    """Return the page."""
    group: Any = get_command(cli)
    above = typer.Context(group, info_name="rubric")
    parts = [f"# {words('命令行', 'Command line')}", MADE, LEAD, CODES]
    for name in group.list_commands(above):
        parts += _command(name, group.get_command(above, name))
    return "\n\n".join(parts) + "\n"


MADE = "<!-- Made by tools/make_reference.py from the commands; do not edit. -->"


def _command(name: str, command: Any) -> list[str]:  # noqa: ANN401 - typer keeps its own copy of what these are
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option" and not each.hidden]
    usage = " ".join(["rubric", name, *map(_placed, arguments), *(["[OPTIONS]"] if options else [])])
    parts = [f"## rubric {name}", f"{_sentence(command.help)}", f"```text\n{usage}\n```"]
    if arguments:
        parts.append(_table(ARGUMENT, [(f"`{_called(each)}`", each.help) for each in arguments]))
    if options:
        parts.append(_table(OPTION, [(_option(each), _meaning(each)) for each in options]))
    return parts


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + words("。", ".")


def _called(argument: Any) -> str:  # noqa: ANN401
    return str(argument.metavar or argument.name).upper()


def _placed(argument: Any) -> str:  # noqa: ANN401
    name = _called(argument) + ("…" if argument.nargs == -1 else "")
    return name if argument.required else f"[{name}]"


def _option(option: Any) -> str:  # noqa: ANN401
    names = f" {OR} ".join(f"`{each}`" for each in (*option.opts, *option.secondary_opts))
    choices = getattr(option.type, "choices", None)
    if option.is_flag:
        return names
    return f"{names} {' '.join(f'`{each}`' for each in choices)}" if choices else f"{names} …"


def _meaning(option: Any) -> str:  # noqa: ANN401
    text = option.help or ""
    more = []
    if option.required:
        more.append(REQUIRED)
    if option.default not in (None, False, True, ()) and not option.multiple:
        more.append(f"{DEFAULT} `{getattr(option.default, 'value', option.default)}`")
    return text + (words(f"（{'，'.join(more)}）", f" ({', '.join(more)})") if more else "")


def _table(head: str, rows: list[tuple[str, str]]) -> str:
    lines = [f"| {head} |", "|---|---|", *(f"| {name} | {_cell(text)} |" for name, text in rows)]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;")


if __name__ == "__main__":
    sys.stdout.write(page())
