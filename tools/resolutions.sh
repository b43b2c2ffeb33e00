#!/usr/bin/env bash
# Runs the tests on other Pythons and with other releases than those of requirements-dev.lock.
# Usage: tools/resolutions.sh [RUN…], e.g. oldest; without one, all runs. What a run needs and is not here, is skipped.
#
#   oldest         the oldest releases that pyproject.toml allows (requirements-oldest.lock), on the oldest Python
#   python-3.12    the locked releases on another Python
#   python-3.13
#   newest         the newest releases that pyproject.toml allows, on the newest Python that is here
#
# Ends with 1 where a run of locked releases fails. What somebody else has published since only reports: it ends with 0.
set -euo pipefail

runs=("$@")
((${#runs[@]})) || runs=(oldest python-3.12 python-3.13 newest)
export PIP_NO_COMPILE=1  # most of it is never run here
root=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# A Python of that version: by its name, or where pyenv keeps it (its own command for it may not be switched on).
find_python() {
    local candidate
    for candidate in "python$1" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python3 python3; do
        if [[ $("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) == "$1" ]]; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

newest_python() {
    find_python 3.13 || find_python 3.12 || find_python 3.11
}

# The environment of a run. The tests have a copy of the checkout, so that nothing of it, nor of another run, is written over.
set_up() {
    local run=$1 python=$2
    local pip=("$scratch/$run/venv/bin/python" -m pip --disable-pip-version-check)
    mkdir -p "$scratch/$run/copy"
    tar -C "$root" --exclude=./.git --exclude='./.venv*' --exclude=./build --exclude=./mutants --exclude='./.*_cache' --exclude=./.hypothesis -cf - . |
        tar -C "$scratch/$run/copy" -xf -
    cd "$scratch/$run/copy"
    "$python" -m venv "$scratch/$run/venv"
    case $run in
        newest) "${pip[@]}" install -qq --upgrade --editable '.[dev]' ;;
        oldest) "${pip[@]}" install -qq --no-deps --require-hashes -r requirements-oldest.lock ;;
        *) "${pip[@]}" install -qq --no-deps --require-hashes -r requirements-dev.lock ;;
    esac
    # Built with the releases of the run, not with newer ones of a build environment.
    "${pip[@]}" install -qq --no-deps --no-build-isolation --editable .
    "${pip[@]}" check
}

run_tests() (
    set -e
    set_up "$1" "$2"
    "$scratch/$1/venv/bin/python" -m pytest -q -n auto -p no:cacheprovider
)

failed=0
summary=()
for run in "${runs[@]}"; do
    case $run in
        oldest) version=3.11; python=$(find_python 3.11) || python= ;;
        python-*) version=${run#python-}; python=$(find_python "$version") || python= ;;
        newest) version="3.11 or later"; python=$(newest_python) || python= ;;
        *) echo "there is no run called $run" >&2; exit 2 ;;
    esac
    if [[ -z $python ]]; then
        summary+=("$run: skipped, Python $version is not here")
        continue
    fi
    echo "== $run: $("$python" -V)"
    # Not in a condition: there `set -e` would be off within.
    set +e
    run_tests "$run" "$python"
    ended=$?
    set -e
    rm -rf "${scratch:?}/$run"
    if ((ended == 0)); then
        summary+=("$run: passed, $("$python" -V)")
    elif [[ $run == newest ]]; then
        summary+=("$run: FAILED, $("$python" -V); this decides nothing, but a bound or the code needs mending")
    else
        summary+=("$run: FAILED, $("$python" -V)")
        failed=1
    fi
done
printf '%s\n' "${summary[@]}"
exit "$failed"
