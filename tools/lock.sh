#!/usr/bin/env bash
# Writes the lock files: exact pins with hashes, for every platform and every supported Python.
# Usage: tools/lock.sh PYTHON [UV_FLAG…], e.g. --upgrade, or --upgrade-package lark
set -euo pipefail

python=$1
shift
flags=("$@")
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

"$python" -m venv "$scratch/venv"
"$scratch/venv/bin/python" -m pip install -qq --disable-pip-version-check uv

# The old file is the starting point, so its pins stay; an unchanged file is left alone, so nothing is installed again.
lock() {
    local file=$1
    shift
    if [[ -f $file ]]; then cp "$file" "$scratch/$file"; fi
    "$scratch/venv/bin/uv" pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
        "$@" ${flags[@]+"${flags[@]}"} --output-file "$scratch/$file"
    cmp -s "$scratch/$file" "$file" || cp "$scratch/$file" "$file"
}

lock requirements.lock
lock requirements-dev.lock --extra dev --constraint requirements.lock
lock requirements-spark.lock --extra spark --group spark-tests --constraint requirements.lock
