"""The service over HTTP: who may ask, how much, for how long; the work itself is done in worker processes."""

from __future__ import annotations

import base64
import binascii
import json
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import anyio
from anyio import to_process
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.server.answers import HTML, Answer, Question, answer, problem
from rubric_dsl.server.endpoints import BODY, ENDPOINTS, LANG, OPENAPI, Endpoint, Option
from rubric_dsl.server.page import listing

LOOPBACK = ("localhost", "127.0.0.1", "::1")
OK = 200
_SLASH = "\ue000"  # stands for a slash inside a name while the path is taken apart; a rubric's name cannot hold it
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Limits(NamedTuple):
    """What one request may cost.

    ``body`` is the largest body in bytes; ``seconds`` the time for a request, from its first byte to its answer;
    ``workers`` how many are worked on at once; ``waiting`` how many more may wait.
    """

    body: int = 1 << 20
    seconds: float = 10.0
    workers: int = os.cpu_count() or 1
    waiting: int = 64


def create_app(
    folder: str | Path, *, token: str = "", limits: Limits | None = None, hosts: tuple[str, ...] = LOOPBACK
) -> Starlette:
    """Return the service over the rubrics below a folder, as an ASGI application.

    With a ``token`` every request has to bring it (``Authorization: Bearer …``, or as the password of Basic). ``hosts``
    are the names under which the service is reached; others are refused, so that no page of another site reaches it
    through a name of its own. An empty tuple takes any name.

    Raises:
        NotADirectoryError: ``folder`` is no folder.
    """
    root = Path(folder).resolve()
    if not root.is_dir():
        raise NotADirectoryError(str(folder))
    service = _Service(str(root), token, limits or Limits(), hosts)
    routes = [Route(each.path, service.endpoint(each), methods=[each.method]) for each in ENDPOINTS]
    routes += [
        Route("/", service.open(service.page), methods=["GET"]),
        Route("/openapi.json", service.open(service.openapi), methods=["GET"]),
    ]
    made = Starlette(
        routes=routes,
        lifespan=service.lifespan,
        exception_handlers={HTTPException: _http_error, Exception: _failed},
    )
    made.add_middleware(_Names)
    return made


class _Names:
    """Keeps a slash that is written ``%2F`` inside a name from parting the path."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = scope.get("raw_path")
        if scope["type"] == "http" and raw and b"%2f" in raw.lower():
            kept = raw.decode("latin-1").replace("%2f", "%2F").replace("%2F", "%EE%80%80")
            scope = {**scope, "path": unquote(kept)}
        await self._app(scope, receive, send)


class RefusedRequestError(Exception):
    """A request that is answered before any work is done."""

    def __init__(self, answered: Answer, headers: dict[str, str] | None = None) -> None:
        super().__init__(answered.text)
        self.answered: Answer = answered
        self.headers: dict[str, str] = headers or {}


Handler = Callable[[Request], Awaitable[Response]]


class _Service:
    """The state of one running service: its folder, limits, and how many requests are in hand."""

    def __init__(self, folder: str, token: str, limits: Limits, hosts: tuple[str, ...]) -> None:
        self._folder, self._token, self._limits, self._hosts = folder, token, limits, hosts
        self._inside = 0
        self._limiter: anyio.CapacityLimiter | None = None

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        """Begin with a worker that has read the rubrics."""
        self._limiter = anyio.CapacityLimiter(self._limits.workers)
        await self._worked(Question("rubrics", "", "en", {}, "", b""))
        yield

    def endpoint(self, endpoint: Endpoint) -> Handler:
        """Return what answers one endpoint."""

        async def handle(request: Request) -> Response:
            lang = _language(request)
            options = _options(request, endpoint.options, lang)
            kind = _kind(request, endpoint, lang)
            with anyio.fail_after(self._limits.seconds):
                body = await self._body(request, lang) if endpoint.body else b""
            name = request.path_params.get("name", "").replace(_SLASH, "/")
            return _response(await self._worked(Question(endpoint.verb, name, lang, options, kind, body)))

        return self.open(handle)

    def open(self, handle: Handler) -> Handler:
        """Return a handler that lets in only who may ask."""

        async def guarded(request: Request) -> Response:
            try:
                self._admit(request)
                return await handle(request)
            except RefusedRequestError as error:
                return _response(error.answered, error.headers)
            except TimeoutError:
                return _response(
                    problem(
                        408,
                        "too-slow",
                        Text("请求没有及时送完", "the request was not sent in time"),
                        _language(request),
                    )
                )
            except ClientDisconnect:
                return Response(status_code=400)  # nobody is there to read it

        return guarded

    async def page(self, request: Request) -> Response:
        """Return the page over the rubrics."""
        lang = _language(request)
        _options(request, (LANG,), lang)
        found = await self._worked(Question("rubrics", "", lang, {}, "", b""))
        if found.status != OK:
            return _response(found)
        return _response(Answer(OK, HTML, listing(json.loads(found.text), lang)))

    async def openapi(self, request: Request) -> Response:
        """Return the description of the service."""
        lang = _language(request)
        options = _options(request, OPENAPI, lang)
        return _response(
            await self._worked(Question("openapi", "", lang, options, "token" if self._token else "", b""))
        )

    def _admit(self, request: Request) -> None:
        lang = _language(request)
        if self._hosts and (request.url.hostname or "") not in self._hosts:
            words = Text("这个主机名不在本服务之列", "this service does not go by that host name")
            raise RefusedRequestError(problem(400, "unknown-host", words, lang))
        if self._token and not _may_enter(request.headers.get("authorization", ""), self._token):
            words = Text("要给出口令", "a token is needed")
            raise RefusedRequestError(
                problem(401, "token", words, lang), {"WWW-Authenticate": 'Bearer, Basic realm="rubric"'}
            )

    async def _body(self, request: Request, lang: Lang) -> bytes:
        found = bytearray()
        async for part in request.stream():
            found += part
            if len(found) > self._limits.body:
                most = self._limits.body
                words = Text(f"请求太大，上限 {most} 字节", f"the request is too large: {most} bytes at most")
                raise RefusedRequestError(problem(413, "too-large", words, lang), {"Connection": "close"})
        return bytes(found)

    async def _worked(self, question: Question) -> Answer:
        """Have a worker answer; one that takes too long is ended, and the next question gets a new one."""
        if self._inside >= self._limits.workers + self._limits.waiting:
            words = Text("正忙，稍后再试", "busy; try again later")
            raise RefusedRequestError(problem(503, "busy", words, question.lang), {"Retry-After": "1"})
        self._inside += 1
        try:
            with anyio.fail_after(self._limits.seconds):
                return await to_process.run_sync(
                    answer, self._folder, question, cancellable=True, limiter=self._limiter
                )
        except TimeoutError:
            seconds = f"{self._limits.seconds:g}"
            words = Text(f"{seconds} 秒内没有算完", f"not done within {seconds} seconds")
            return problem(504, "time-limit", words, question.lang)
        except Exception:
            return problem(500, "failed", _FAILED, question.lang)
        finally:
            self._inside -= 1


_FAILED = Text("程序出错，没有完成", "the program failed and did not finish")


def _language(request: Request) -> Lang:
    asked = request.query_params.get("lang")
    if asked in ("zh", "en"):
        return "zh" if asked == "zh" else "en"
    for part in request.headers.get("accept-language", "").split(","):
        tag = part.partition(";")[0].strip().lower()
        if tag.startswith(("zh", "en")):
            return "zh" if tag.startswith("zh") else "en"
    return "en"


def _options(request: Request, known: tuple[Option, ...], lang: Lang) -> dict[str, str]:
    """Return the query's options; one that is not known, comes twice or cannot have its value is refused."""
    found: dict[str, str] = {}
    by_name = {option.name: option for option in known}
    for name, value in request.query_params.multi_items():
        option = by_name.get(name)
        if option is None or name in found or (option.values and value not in option.values) or not value:
            listed = ", ".join(each.name + (f" ({' | '.join(each.values)})" if each.values else "") for each in known)
            words = Text(
                f"参数 {name}={value} 不对；可以有：{listed}",
                f"the option {name}={value} is not known here; there are: {listed}",
            )
            raise RefusedRequestError(problem(400, "unknown-option", words, lang))
        found[name] = value
    return found


def _kind(request: Request, endpoint: Endpoint, lang: Lang) -> str:
    """Return the media type of the body, which has to be stated: a page of another site can send none of these alone."""
    if not endpoint.body:
        return ""
    stated = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    accepted = tuple(BODY) if endpoint.body == "data" else ("text/plain",)
    if stated not in accepted:
        listed = ", ".join(accepted)
        words = Text(f"Content-Type 要写：{listed}", f"state the Content-Type: {listed}")
        raise RefusedRequestError(problem(415, "media-type", words, lang))
    return stated


def _may_enter(header: str, token: str) -> bool:
    scheme, _, given = header.partition(" ")
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(given, validate=True).decode("utf-8").partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return False
    elif scheme.lower() != "bearer":
        return False
    return secrets.compare_digest(given.strip().encode(), token.encode())


def _response(found: Answer, headers: dict[str, str] | None = None) -> Response:
    return Response(found.text, found.status, {**_HEADERS, **(headers or {})}, found.kind)


async def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    words = {
        404: Text("没有这个地址", "there is no such address"),
        405: Text("这个地址不接受这种方法", "this address does not take that method"),
    }.get(status, Text("请求不对", "the request is wrong"))
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    return _response(problem(status, "http", words, _language(request)), headers)


async def _failed(request: Request, _: Exception) -> Response:
    return _response(problem(500, "failed", _FAILED, _language(request)))


__all__ = ["LOOPBACK", "Limits", "create_app"]
