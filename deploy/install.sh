#!/usr/bin/env bash
# Installs this checkout beside what is there and switches to it:  install.sh TARGET   (as root, e.g. /opt/lti-tool)
#
# Makes TARGET/releases/<UTC time>/ with its own Python environment of pinned, hashed packages, the course and deploy/,
# checks the course, and lets TARGET/current point to it. What runs goes on until it is reloaded. The newest three
# releases stay; to go back, let `current` point to another. Needs python3 (3.11 or newer) with venv.
set -euo pipefail

target=$(realpath -m "${1:?usage: install.sh TARGET}")
source=$(cd "$(dirname "$0")/.." && pwd)
release=$target/releases/$(date -u +%Y%m%dT%H%M%SZ)
umask 022
work=$(mktemp -d)
trap 'rm -rf "$work" "$release"' EXIT

mkdir -p "$release"
python3 -m venv "$release/venv"
python=$release/venv/bin/python
for list in build celery; do
    "$python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$source/requirements/$list.txt"
done
cp -r "$source/lti_tool" "$source/pyproject.toml" "$work"
for part in web demo; do
    "$release/venv/bin/pybabel" --quiet compile -d "$work/lti_tool/$part/translations"
done
"$python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation "$work"
cp -r "$source/content" "$source/deploy" "$release"

(
    cd "$work"
    LTI_TOOL_DATA=$work/data LTI_TOOL_CONTENT=$release/content "$python" -m lti_tool.cli content check >/dev/null
)
trap 'rm -rf "$work"' EXIT
ln -s "$release" "$target/.current-$$"
mv -T "$target/.current-$$" "$target/current"
find "$target/releases" -mindepth 1 -maxdepth 1 -type d | sort | head -n -3 | while read -r old; do
    [ "$old" = "$release" ] || rm -rf "$old"
done
echo "$release"
