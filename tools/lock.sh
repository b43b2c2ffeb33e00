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
"$scratch/venv/bin/python" -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements-tools.lock

# The old file is the starting point, so its pins stay; an unchanged file is left alone, so nothing is installed again.
lock() {
    local file=$1
    shift
    if [[ -f $file ]]; then cp "$file" "$scratch/$file"; fi
    "$scratch/venv/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
        "$@" ${flags[@]+"${flags[@]}"} --output-file "$scratch/$file"
    cmp -s "$scratch/$file" "$file" || cp "$scratch/$file" "$file"
}

lock requirements.lock pyproject.toml --extra cli
lock requirements-dev.lock pyproject.toml --extra dev --constraint requirements.lock
lock requirements-spark.lock pyproject.toml --extra spark --extra cli --group spark-tests --constraint requirements.lock
lock requirements-bench.lock pyproject.toml --extra dev --group bench --constraint requirements.lock
lock requirements-docs.lock pyproject.toml --extra cli --group docs --constraint requirements.lock
lock requirements-schemathesis.lock --group schemathesis --constraint requirements.lock
# Programs that embed the package, each with what it uses and nothing more.
consumers=tests/consumers
mkdir -p "$scratch/$consumers"
lock $consumers/service.lock pyproject.toml --extra cli --extra serve --constraint requirements-dev.lock
lock $consumers/django.lock pyproject.toml --extra cli --group consumer-django --constraint requirements-dev.lock
lock $consumers/polars.lock pyproject.toml --extra cli --extra tables --group consumer-polars --constraint requirements-dev.lock
lock $consumers/duckdb.lock pyproject.toml --extra cli --extra duckdb --constraint requirements-dev.lock
lock $consumers/hooks.lock --group consumer-hooks --constraint requirements-dev.lock
# Installed on top of the environment, so nothing of it may change.
lock requirements-mutation.lock --group mutation --constraint requirements-dev.lock
lock requirements-tools.lock --group tools
lock requirements-types.lock --group types --constraint requirements-dev.lock
# The oldest of what pyproject.toml names, for `make resolutions`; what those need in turn is as new as they allow.
lock requirements-oldest.lock pyproject.toml --extra dev --extra cli --extra verify --extra serve --extra tables --extra proofs --extra duckdb --extra sql --extra testing \
    --resolution lowest-direct
