#!/usr/bin/env bash
# Programs that embed the package, each in an environment of its own that has the wheel and what its lock names: a service that is
# asked over HTTP, a Django view, pipelines with Polars and with DuckDB, and a repository of rubrics with hooks.
# Usage: tools/consumers.sh PYTHON [NAME…], PYTHON that of the development environment; without names all of them
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
python=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
shift
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
here=$root/tests/consumers

(cd "$root" && "$python" -m hatchling build -t sdist -d "$scratch/sdist")
mkdir "$scratch/project"
tar -xzf "$scratch"/sdist/*.tar.gz -C "$scratch/project" --strip-components=1
(cd "$scratch/project" && "$python" -m hatchling build -t wheel -d "$scratch/wheel")
unset PYTHONPATH
cd "$scratch"

# environment NAME: one with what tests/consumers/NAME.lock names, and the wheel.
environment() {
    "$python" -m venv "$scratch/$1"
    local pip=("$scratch/$1/bin/python" -m pip --disable-pip-version-check)
    "${pip[@]}" install -qq --no-deps --require-hashes -r "$here/$1.lock"
    [[ $1 == hooks ]] || "${pip[@]}" install -qq --no-deps --no-index "$scratch"/wheel/*.whl
    "${pip[@]}" check
}

service() {
    mkdir served
    service/bin/python "$here/service_client.py" served
}

django() { django/bin/python "$root/tests/worked.py" "$root/docs/applications.md" django; }
polars() { polars/bin/python "$root/tests/worked.py" "$root/docs/pipeline.md" polars; }
duckdb() { duckdb/bin/python "$root/tests/worked.py" "$root/docs/pipeline.md" duckdb; }

# A commit that breaks a rule's example is refused, a good one is formatted. pre-commit installs the project from its source.
hooks() {
    local git=(git -c user.name=t -c user.email=t@example.invalid -c commit.gpgsign=false)
    (cd project && git init -q && git add -A && "${git[@]}" commit -qm all)
    mkdir repository
    cd repository
    git init -q
    cat >.pre-commit-config.yaml <<YAML
repos:
  - repo: $scratch/project
    rev: $(git -C "$scratch/project" rev-parse HEAD)
    hooks: [{id: rubric-fmt}, {id: rubric-check, args: [--strict]}, {id: rubric-test}]
YAML
    sed -n '/^```rubric$/,/^```$/p' "$root/README.md" | sed '1d;$d' >good.rubric
    git add -A
    PRE_COMMIT_HOME=$scratch/cache "$scratch/hooks/bin/pre-commit" run --all-files
    sed -i 's/计6分$/计5分/' good.rubric
    git add -A
    if PRE_COMMIT_HOME=$scratch/cache "$scratch/hooks/bin/pre-commit" run rubric-test --all-files; then
        echo "an example that fails was let in" >&2
        return 1
    fi
    cd ..
}

if (($#)); then names=("$@"); else names=(service django polars duckdb hooks); fi
for name in "${names[@]}"; do
    echo "-- $name"
    environment "$name"
    "$name"
done
echo "all of these passed: ${names[*]}"
