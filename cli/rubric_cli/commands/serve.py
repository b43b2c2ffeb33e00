"""``rubric serve``: the JSON service over the rubrics of a folder, on this machine unless told otherwise."""

from __future__ import annotations

import errno
import os
import secrets
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rubric_cli.common import LangOption, QuietOption, chosen, fail, needed, words
from rubric_dsl.diagnostics import Lang, Text

if TYPE_CHECKING:
    import uvicorn

TOKEN = "RUBRIC_TOKEN"  # noqa: S105 the name of the variable


def serve(
    folder: Annotated[str, typer.Argument(help=words("放评分规则的文件夹", "the folder of rubrics"))] = ".",
    host: Annotated[str, typer.Option("--host", help=words("监听的地址", "address to listen on"))] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option("--port", min=0, max=65535, help=words("端口，0 表示任一空闲端口", "port; 0 takes any free one")),
    ] = 8765,
    seconds: Annotated[
        float, typer.Option("--seconds", min=0.1, max=3600, help=words("一个请求最多几秒", "time for one request"))
    ] = 10.0,
    megabytes: Annotated[
        int, typer.Option("--megabytes", min=1, max=8, help=words("一个请求最多几 MiB", "largest request in MiB"))
    ] = 1,
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=1, max=256, help=words("同时处理几个请求", "requests worked on at once")),
    ] = None,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Serve the rubrics of a folder: score, explain, audit, improve, check, verify."""
    language = chosen(lang)
    needed("serve", language)
    import uvicorn

    from rubric_dsl.server.web import LOOPBACK, Limits, create_app

    local = host in LOOPBACK
    token = os.environ.get(TOKEN, "")
    made = "" if local or token else secrets.token_urlsafe(24)
    limits = Limits(megabytes << 20, seconds, workers or os.cpu_count() or 1)
    try:
        app = create_app(Path(folder), token=token or made, limits=limits, hosts=LOOPBACK if local else ())
    except NotADirectoryError:
        fail(Text(f"{folder}：没有这个文件夹", f"{folder}: there is no such folder"), language)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="critical",
        access_log=False,
        limit_concurrency=1_000,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=5,
        server_header=False,
    )
    _serve(config, language, made, quiet=quiet)


def _serve(config: uvicorn.Config, lang: Lang, token: str, *, quiet: bool) -> None:
    """Listen until told to stop; say where, and with which token where one had to be made."""
    import uvicorn

    listener = _listener(config.host, config.port, lang)
    if not quiet:
        shown = f"[{config.host}]" if ":" in config.host else config.host
        address = f"http://{shown}:{listener.getsockname()[1]}/"
        typer.echo(
            Text(f"正在监听 {address}（Ctrl+C 结束）", f"listening on {address} (Ctrl+C ends it)").to(lang), err=True
        )
    if token:
        told = Text(
            f"本机以外也能访问，要带口令：{token}（可用环境变量 {TOKEN} 指定）",
            f"it can be reached from other machines, with this token: {token} (set {TOKEN} to choose it)",
        )
        typer.echo(told.to(lang), err=True)
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        pass  # the usual way to end it
    finally:
        listener.close()


def _listener(host: str, port: int, lang: Lang) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family, backlog=256)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            told = Text(f"端口 {port} 已被占用", f"port {port} is in use")
            fail(told, lang, Text("换一个：--port 0 取任一空闲端口", "take another: --port 0 takes any free one"))
        return fail(Text(f"不能监听 {host}:{port}", f"cannot listen on {host}:{port}"), lang)
