#!/usr/bin/env bash
# Asks `rubric serve` whatever its own description allows, and what it does not: every answer has to be one that is described.
# Usage: tools/service_test.sh PYTHON SCHEMATHESIS [EXAMPLES], PYTHON that of the development environment
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
python=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
schemathesis=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
examples=${3:-30}
scratch=$(mktemp -d)
mkdir "$scratch/served"
cp "$root"/rubrics/yuhua/2019.rubric "$scratch/served"
cd "$scratch"

"$(dirname "$python")/rubric" serve served --port 0 --seconds 30 --lang en >told 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true; rm -rf "$scratch"' EXIT
for _ in $(seq 100); do
    grep -q listening told && break
    sleep 0.2
done
address=$(awk '/listening/ { print $3 }' told)

# Of one rubric, with its own schema of data: a body is then made of its figures and ratings.
"$python" - "$address" <<'PY'
import sys
import urllib.parse
import urllib.request

name = urllib.parse.quote("部门整体支出绩效评价")
urllib.request.urlretrieve(f"{sys.argv[1]}openapi.json?rubric={name}", "openapi.json")
PY
"$schemathesis" --config-file "$root/tools/schemathesis.toml" run openapi.json --url "${address%/}" --phases=fuzzing \
    --continue-on-failure --max-examples "$examples" --suppress-health-check=all --no-color
