#!/usr/bin/env bash
# Takes a backup while the tool runs:  backup.sh FOLDER
#
# Makes FOLDER/<UTC time>/ with the database, the handed-in files and the secret, and prints its name. It appears whole
# or not at all. Files that the backup before has too take no room twice. The newest 14 are kept (KEEP=... for others).
# The settings of the tool must be in the environment. Needs rsync, python3 and, for PostgreSQL, pg_dump.
set -euo pipefail
umask 077
. "$(dirname "$0")/places.sh"

target=$(realpath -m "${1:?usage: backup.sh FOLDER}")
keep=${KEEP:-14}
name=$(date -u +%Y%m%dT%H%M%SZ)
part=$target/.part-$name
mkdir -p "$target"
mkdir "$part"
trap 'rm -rf "$part"' EXIT
made() { find "$target" -mindepth 1 -maxdepth 1 -type d -name '[0-9]*T[0-9]*Z' | sort; }
before=$(made | tail -n 1)

# The database first: whatever file it names is in the store by then, and the copy of the store comes after.
case $kind in
sqlite)
    python3 - "$database" "$part/database.sqlite3" <<'PYTHON'
import sqlite3
import sys

source, copy = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True), sqlite3.connect(sys.argv[2])
source.backup(copy)
found = copy.execute("PRAGMA integrity_check").fetchone()[0]
copy.execute("PRAGMA journal_mode=DELETE")
copy.close()
sys.exit(None if found == "ok" else f"the copy of the database is damaged: {found}")
PYTHON
    ;;
postgresql)
    pg_dump --format=custom --no-owner --no-privileges --file="$part/database.pgdump"
    ;;
esac

if [ -n "$files" ]; then
    mkdir -p "$part/files"
    if [ -d "$files" ]; then
        # 24: a file was removed in these moments, by the student who had put it there.
        rsync --archive --no-owner --no-group --exclude=/partial/ ${before:+--link-dest="$before/files"} "$files/" "$part/files/" \
            || [ $? -eq 24 ]
    fi
else
    echo "handed-in files are in an object store and are not in this backup: have the store keep versions" >&2
fi
[ ! -f "$secret" ] || cp "$secret" "$part/secret.key"
(cd "$part" && find . -type f ! -path './files/*' ! -name SHA256SUMS -exec sha256sum {} + >SHA256SUMS)

sync -f "$part"
mv "$part" "$target/$name"
trap - EXIT
made | head -n "-$keep" | while read -r old; do rm -rf "$old"; done
echo "$target/$name"
