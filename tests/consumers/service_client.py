"""A program in another process that scores over HTTP: `rubric serve` on a free port, asked with the standard library."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

RUBRIC = """rubric parks edition 2024
points 10
steps whole steps
grades good >= 8, poor < 8
form
  budget: wan_yuan, > 0
  spent: wan_yuan
level 1 execution 10
  measure spent / budget
  rule deduct 2 per 5pp below 90%
"""


def ask(address: str, body: bytes | None = None) -> tuple[int, object]:
    """Return the status and the JSON of an answer."""
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})  # noqa: S310 - our own server
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def main(folder: Path) -> None:
    """Serve a folder with one rubric and ask for scores."""
    (folder / "parks.rubric").write_text(RUBRIC, encoding="utf-8")
    program = str(Path(sys.executable).with_name("rubric"))
    words = [program, "serve", str(folder), "--port", "0", "--lang", "en"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        assert server.stdout is not None
        try:
            address = server.stdout.readline().split()[2]
            score = f"{address}v1/rubrics/{urllib.parse.quote('parks')}/score"
            status, found = ask(score, json.dumps({"figures": {"budget": 100, "spent": "84.99"}}).encode())
            assert (status, isinstance(found, dict) and found["total"]["score"]) == (200, "8"), found
            status, found = ask(score, json.dumps({"figures": {"budget": "a lot"}}).encode())
            assert (status, isinstance(found, dict) and len(found["diagnostics"])) == (422, 1), found
            print("the service scored and refused")  # noqa: T201
        finally:
            server.terminate()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
