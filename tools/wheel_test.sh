#!/usr/bin/env bash
# Builds the source archive, the wheel from that archive, and uses the wheel away from the checkout.
# Usage: tools/wheel_test.sh PYTHON RUBRIC DATA, the last two relative to the project, e.g. rubrics/yuhua/2019.rubric
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
python=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
rubric=$2
data=$3
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

(cd "$root" && "$python" -m hatchling build -t sdist -d "$scratch/sdist")
mkdir "$scratch/source"
tar -xzf "$scratch"/sdist/*.tar.gz -C "$scratch/source" --strip-components=1
(cd "$scratch/source" && "$python" -m hatchling build -t wheel -d "$scratch/wheel")

# The scratch environment sees the locked runtime dependencies only, so a forgotten one shows.
"$python" -m venv "$scratch/venv"
pip=("$scratch/venv/bin/python" -m pip --disable-pip-version-check)
"${pip[@]}" install -qq --no-deps --require-hashes -r "$root/requirements.lock"
"${pip[@]}" install -qq --no-deps --no-index "$scratch"/wheel/*.whl
"${pip[@]}" check

mkdir "$scratch/elsewhere"
cd "$scratch/elsewhere"
unset PYTHONPATH
rubric_command=$scratch/venv/bin/rubric
package=$("$scratch/venv/bin/python" -c 'import rubric_dsl, pathlib; print(pathlib.Path(rubric_dsl.__file__).parent)')

case $package in
    "$scratch"/*) ;;
    *) echo "rubric_dsl was imported from $package, not from the wheel" >&2; exit 1 ;;
esac
test -f "$package/py.typed"

# The wheel brings the grammar's tables, and they are what is used: reading a rubric needs no parser to be built.
test -f "$package/grammars/rubric.tables.json"
"$scratch/venv/bin/python" - "$rubric" <<'PY'
import sys

import rubric_dsl
from rubric_dsl import resources
from rubric_dsl.syntax import grammar

assert grammar.shipped(grammar.grammar_text()) is not None, "the tables are not those of the grammar"
rubric_dsl.load(resources.path(sys.argv[1]))
assert "lark" not in sys.modules, "the tables that are shipped were not used"
PY

# The files are found the way the package itself finds them.
locate() {
    "$scratch/venv/bin/python" -c 'import sys; from rubric_dsl import resources; print(resources.path(sys.argv[1]))' "$1"
}
packaged_rubric=$(locate "$rubric")
packaged_data=$(locate "$data")

"$rubric_command" --help >/dev/null
"$rubric_command" check "$packaged_rubric"

# The wheel brings the page of every diagnostic code.
"$rubric_command" explain band-gap --lang en | grep -q '^What it checks$'
pages=rubric_dsl/codes/pages
test "$(ls "$package/codes/pages")" = "$(ls "$root/$pages")"

# 1: scored, with faults found in the data.
"$rubric_command" score --format json "$packaged_rubric" "$packaged_data" >score.json || test $? -eq 1
"$scratch/venv/bin/python" - <<'PY'
import json
import pathlib

result = json.loads(pathlib.Path("score.json").read_text(encoding="utf-8"))
assert result["indicators"], "no indicator was scored"
total = result["total"]
print(f"wheel: {len(result['indicators'])} indicators, total {total['min']} to {total['max']} of {total['points']}")
PY

# Without the packages of the command line the library loads, checks, scores and explains, and the command says what to install.
"${pip[@]}" uninstall -qq --yes rich typer sympy pygments markdown-it-py mdurl shellingham annotated-doc
"$scratch/venv/bin/python" - "$packaged_rubric" "$packaged_data" <<'PY'
import pathlib
import sys

import rubric_dsl as rd

rubric = rd.load(sys.argv[1])
(submission,) = rd.read_submissions(pathlib.Path(sys.argv[2]))
result = rubric.score(submission)
assert rubric.compile() and str(result.explain()) and rubric.audit(submission) and rubric.run_examples()
try:
    rubric.verify()
except rd.MissingExtraError as error:
    assert error.extra == "verify"
else:
    raise AssertionError("verify() did without sympy")
PY
code=0
"$rubric_command" score "$packaged_rubric" "$packaged_data" 2>error.txt || code=$?
test $code -eq 2
grep -q 'pip install "rubric-dsl\[cli\]"' error.txt
