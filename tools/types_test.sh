#!/usr/bin/env bash
# Builds the wheel and looks at it as pyright does: every symbol has a type, and a typed program that embeds it has no fault.
# Usage: tools/types_test.sh PYTHON, that of the development environment
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
python=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

(cd "$root" && "$python" -m hatchling build -t wheel -d "$scratch/wheel")
"$python" -m venv "$scratch/venv"
pip=("$scratch/venv/bin/python" -m pip --disable-pip-version-check)
"${pip[@]}" install -qq --no-deps --require-hashes -r "$root/requirements-dev.lock"
"${pip[@]}" install -qq --no-deps --require-hashes -r "$root/requirements-types.lock"
"${pip[@]}" install -qq --no-deps --no-index "$scratch"/wheel/*.whl

mkdir "$scratch/elsewhere"
cp "$root/tests/consumers/typed_client.py" "$scratch/elsewhere"
cd "$scratch/elsewhere"
export PATH=$scratch/venv/bin:$PATH
pyright --ignoreexternal --verifytypes rubric_dsl | tail -n 20
pyright typed_client.py
mypy --strict typed_client.py
python -c 'import typed_client'
