#!/usr/bin/env bash
# Shows that the set-up installs what is locked, whatever has been released since and whichever pip Python brings.
# Usage: tools/install_test.sh PYTHON [TARGET…]: the targets that are to run there; without one, demo
#
# For each pip, a copy of the checkout is set up in an empty environment, from an index that has a newer release of everything.
set -euo pipefail

python=$(command -v "$1")
shift
targets=("$@")
((${#targets[@]})) || targets=(demo)
root=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The newer releases: wheels with a name, a version and nothing else, of all that any lock names.
"$python" - "$scratch/newer" "$root"/requirements*.lock <<'PY'
import pathlib
import re
import sys
import zipfile

folder, *locks = map(pathlib.Path, sys.argv[1:])
folder.mkdir()
names = {name for lock in locks for name in re.findall(r"^([\w.-]+)==", lock.read_text(encoding="utf-8"), re.MULTILINE)}
for name in names:
    stem = re.sub(r"[-_.]+", "_", name) + "-9999"
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{stem}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 9999\n")
        wheel.writestr(f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{stem}.dist-info/RECORD", "")
PY

# What says where the index is, is all that the empty environment keeps.
mapfile -t index < <(env | grep -iE '^(pip_(index_url|extra_index_url|cert|trusted_host|default_timeout)|https?_proxy|no_proxy)=')

# A Python whose new environments have that pip.
python_with() {
    cat >"$scratch/python" <<SH
#!/usr/bin/env bash
set -euo pipefail
"$python" "\$@"
if [[ \$1 == -m && \$2 == venv ]]; then
    PIP_FIND_LINKS= "\${!#}/bin/python" -m pip --disable-pip-version-check install -qq --upgrade "$1"
fi
SH
    chmod +x "$scratch/python"
}

# 22.3 came with Python 3.11.0; no supported Python has an older one.
for pip in pip==22.3 pip; do
    python_with "$pip"
    mkdir "$scratch/home" "$scratch/copy"
    tar -C "$root" --exclude=./.git --exclude='./.venv*' --exclude=./build --exclude='./grammars/*.tables.json' -cf - . |
        tar -C "$scratch/copy" -xf -
    (
        cd "$scratch/copy"
        env -i PATH="$PATH" HOME="$scratch/home" ${index[@]+"${index[@]}"} PIP_FIND_LINKS="$scratch/newer" PIP_NO_COMPILE=1 \
            make --no-print-directory .venv "${targets[@]}" PYTHON="$scratch/python" >"$scratch/log" 2>&1 ||
            { cat "$scratch/log" >&2; exit 1; }
        .venv/bin/python -m pip --disable-pip-version-check freeze --all --exclude-editable >"$scratch/installed"
        # Each pin is there, those for other platforms and Pythons left out, and nothing besides, but what an environment begins with.
        .venv/bin/python - "$scratch/installed" requirements-dev.lock <<'PY'
import pathlib
import re
import sys

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def pins(path: str) -> dict[str, str]:
    text = pathlib.Path(path).read_text(encoding="utf-8").replace("\\\n", "")
    wanted = [Requirement(line.split("--hash")[0]) for line in re.findall(r"^\w.*", text, re.MULTILINE)]
    return {canonicalize_name(it.name): str(it.specifier) for it in wanted if it.marker is None or it.marker.evaluate()}


installed, locked = pins(sys.argv[1]), pins(sys.argv[2])
pip = installed.pop("pip")
installed.pop("setuptools", None)
assert installed == locked, sorted(installed.items() ^ locked.items())
print(f"pip{pip}: {len(locked)} packages, all as locked; newer releases of each were there")
PY
    )
    rm -rf "$scratch/home" "$scratch/copy"
done
