"""Every file that a command writes: never over what it reads, whole or not there at all."""

from __future__ import annotations

import errno
import os
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import typer

from rubric_cli.common import fail
from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.report.diagnostics_text import safe
from rubric_dsl.source import Source, UnreadableError, read_source

CSV_ENCODING = "utf-8-sig"
"""Of CSV files: a spreadsheet takes one for UTF-8 only where it begins with the byte-order mark."""
_NO_ROOM = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


@contextmanager
def outputs(
    names: Sequence[str], lang: Lang, *, inputs: Iterable[str | Path] = (), new: bool = False
) -> Iterator[list[BinaryIO]]:
    """Give files to write to; they take the places of ``names`` together, once all of them are complete.

    Until then nothing is seen of them. Whatever stops the command (a full disk, a fault, a signal), what was there before is
    there still. The command is stopped with exit code 2 where a file cannot be written.

    Args:
        names: the files.
        lang: the language to say so in.
        inputs: what the command reads, and none of ``names`` may be.
        new: the files must not be there yet.
    """
    hold_apart(names, inputs, lang)
    for name in names:
        _refuse_what_cannot_be(name, lang, new=new)
    try:
        with ExitStack() as stack:
            asides = [stack.enter_context(_Aside(name, new=new)) for name in names]
            yield [aside.file for aside in asides]
            for aside in asides:
                aside.complete()
            for aside in asides:
                aside.publish()
    except FileExistsError:
        fail(_exists(", ".join(names)), lang)
    except OSError as error:
        fail(_failed(", ".join(names), error), lang)


def write(
    name: str, text: str, lang: Lang, *, inputs: Iterable[str | Path] = (), new: bool = False, encoding: str = "utf-8"
) -> None:
    """Write a text as a file, as :func:`outputs` does."""
    try:
        data = text.encode(encoding)
    except UnicodeEncodeError:
        fail(Text(f"{name}：文字里有不能写成 UTF-8 的字符", f"{name}: the text has characters that UTF-8 lacks"), lang)
    with outputs([name], lang, inputs=inputs, new=new) as (file,):
        file.write(data)


def write_over(source: Source, text: str, lang: Lang) -> bool:
    """Write a file that was read anew, as UTF-8; says so and returns False when it cannot be, and then changes nothing."""
    try:
        with _Aside(source.name, new=False) as aside:
            aside.file.write(text.encode())
            aside.complete()
            if read_source(Path(source.name)).text != source.text:
                return _told(
                    Text("文件在此期间被改动，没有改写", "it was changed meanwhile and is left as it is"), source, lang
                )
            aside.publish()
    except (OSError, UnreadableError, UnicodeEncodeError):
        return _told(Text("不能写入", "it cannot be written"), source, lang)
    return True


def _told(reason: Text, source: Source, lang: Lang) -> bool:
    typer.echo(safe(Text(f"{source.name}：{reason.zh}", f"{source.name}: {reason.en}").to(lang)), err=True)
    return False


def hold_apart(names: Sequence[str], inputs: Iterable[str | Path], lang: Lang) -> None:
    """Stop with exit code 2 where a file to write is one that is read, or two are the same; nothing was opened yet."""
    read = [str(item) for item in inputs if str(item) != "-"]
    for place, name in enumerate(names):
        for other in (*names[:place], *read):
            clash = _clash(name, other)
            if clash is not None:
                fail(Text(f"{name}：{clash.zh}，没有写入", f"{name}: {clash.en}; nothing was written"), lang)


def _clash(name: str, other: str) -> Text | None:
    """Say in what two paths are one file, or would be on a system that takes their names for the same."""
    with suppress(OSError, ValueError):
        if Path(name).samefile(other):
            return Text(
                f"与要读或要写的 {other} 是同一个文件", f"this is the file {other}, which is read or written too"
            )
    if _real(name) == _real(other):
        return Text(f"与另一个输出 {other} 是同一个文件", f"this is the file {other}, which is written too")
    if _folded(name) == _folded(other):
        return Text(
            f"文件名与 {other} 只差大小写或字符的编码方式，有的系统当作同一个文件",
            f"its name differs from {other} in capitals or in the encoding of characters only: to some systems both are one file",
        )
    return None


def _real(name: str) -> str:
    try:
        return os.path.realpath(name)
    except (OSError, ValueError):
        return name


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", _real(name)).casefold())


def _refuse_what_cannot_be(name: str, lang: Lang, *, new: bool) -> None:
    path = Path(name)
    above = Path(os.path.realpath(path)).parent if path.is_symlink() else path.parent
    if path.is_dir():
        fail(Text(f"{name}：这是文件夹", f"{name}: this is a folder"), lang)
    if new and os.path.lexists(path):
        fail(_exists(name), lang)
    if path.exists() and not path.is_file():
        fail(Text(f"{name}：这不是普通文件", f"{name}: this is no ordinary file"), lang)
    if not above.exists():
        fail(Text(f"{name}：没有文件夹 {above}", f"{name}: there is no folder {above}"), lang)
    if not above.is_dir():
        fail(Text(f"{name}：{above} 不是文件夹", f"{name}: {above} is not a folder"), lang)


def _exists(name: str) -> Text:
    return Text(f"{name}：已经有这个文件，没有改动", f"{name}: the file exists; it was not changed")


def _failed(name: str, error: OSError) -> Text:
    if error.errno in _NO_ROOM:
        return Text(
            f"{name}：不能写入（磁盘已满？），没有留下写了一半的文件",
            f"{name}: it cannot be written (is the disk full?); nothing half-written was left",
        )
    return Text(f"{name}：不能写入", f"{name}: it cannot be written")


class _Aside:
    """A file beside the one that it will become, under a name that nobody can guess; a link is followed to its target first.

    Where the system can, it has no name at all until it is complete, so that even a killed command leaves nothing.
    """

    def __init__(self, name: str, *, new: bool) -> None:
        self._target = Path(name).absolute() if new else Path(os.path.realpath(name))
        self._new = new
        self._path = self._target.with_name(f".rubric-{os.urandom(8).hex()}.part")
        self._before: os.stat_result | None = None
        if not new and self._target.exists():
            self._before = self._target.stat()
            if not os.access(self._target, os.W_OK):
                raise PermissionError(errno.EACCES, "", name)
        mode = 0o666 if self._before is None else 0o600  # the first is held back by the umask
        self.file = os.fdopen(self._opened(mode), "wb")

    def _opened(self, mode: int) -> int:
        with suppress(AttributeError, OSError):  # not Linux, or a file system without it
            os.stat("/proc/self/fd")  # noqa: PTH116 - only through it can the file be given a name
            self._named = False
            return os.open(self._target.parent, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, mode)
        self._named = True
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        return os.open(self._path, flags, mode)

    def __enter__(self) -> _Aside:
        return self

    def complete(self) -> None:
        """Bring everything to the disk, with the owner and the mode of the file that was there."""
        self.file.flush()
        number = self.file.fileno()
        if self._before is not None and hasattr(os, "fchmod"):
            with suppress(OSError):
                os.fchown(number, self._before.st_uid, self._before.st_gid)
            os.fchmod(number, stat.S_IMODE(self._before.st_mode))
        os.fsync(number)
        if not self._named:
            self._name(number)
        self.file.close()

    def _name(self, number: int) -> None:
        folder = os.open(self._target.parent, os.O_RDONLY)
        try:
            os.link(f"/proc/self/fd/{number}", self._path.name, dst_dir_fd=folder, follow_symlinks=True)
            self._named = True
        finally:
            os.close(folder)

    def publish(self) -> None:
        """Take the target's place in one step.

        Raises:
            FileExistsError: there is a file that must not be there.
        """
        if self._new:
            self._reserve()
        else:
            self._path.replace(self._target)
            self._named = False

    def _reserve(self) -> None:
        try:
            os.link(self._path, self._target)
        except FileExistsError:
            raise
        except (OSError, AttributeError):  # a file system without hard links
            self._target.open("xb").close()
            self._path.replace(self._target)
            self._named = False

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # what is held back may fail again
            self.file.close()
        if self._named:
            self._path.unlink(missing_ok=True)
