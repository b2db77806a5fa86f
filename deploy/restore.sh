#!/usr/bin/env bash
# Puts a backup back:  restore.sh FOLDER/<time> [--replace]
#
# Stop the web server and every worker first. Refuses to touch a database that has anything in it, unless told
# --replace, which throws away what is there. The settings of the tool must be in the environment; they may name another
# machine or an empty database, to try the backup. Then run `lti-tool db upgrade` and start.
set -euo pipefail
umask 077
. "$(dirname "$0")/places.sh"

backup=$(realpath "${1:?usage: restore.sh BACKUP [--replace]}")
replace=${2:-}
(cd "$backup" && sha256sum --quiet --check SHA256SUMS)
refuse() {
    echo "$1: nothing was changed. Add --replace to throw away what is there." >&2
    exit 1
}

case $kind in
sqlite)
    [ -f "$backup/database.sqlite3" ] || { echo "the backup is not of an SQLite database" >&2; exit 1; }
    [ ! -s "$database" ] || [ "$replace" = --replace ] || refuse "$database exists"
    mkdir -p "$(dirname "$database")"
    cp "$backup/database.sqlite3" "$database.restored"
    sync -f "$database.restored"
    # What is left of a log belongs to the old file and would be read into the new one.
    rm -f "$database-wal" "$database-shm"
    mv "$database.restored" "$database"
    ;;
postgresql)
    [ -f "$backup/database.pgdump" ] || { echo "the backup is not of a PostgreSQL database" >&2; exit 1; }
    tables=$(psql -qtAX -c "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
    [ "$tables" = 0 ] || [ "$replace" = --replace ] || refuse "the database has $tables tables"
    script=$(mktemp)
    trap 'rm -f "$script"' EXIT
    echo 'DROP SCHEMA public CASCADE; CREATE SCHEMA public;' >"$script"
    pg_restore --no-owner --no-privileges --schema=public --file=- "$backup/database.pgdump" >>"$script"
    # One transaction: all of it, or what was there before.
    psql -qX --set=ON_ERROR_STOP=1 --single-transaction --output=/dev/null --file="$script"
    ;;
esac

if [ -n "$files" ] && [ -d "$backup/files" ]; then
    mkdir -p "$files"
    rsync --archive --no-owner --no-group "$backup/files/" "$files/"
fi
if [ -f "$backup/secret.key" ] && [ ! -e "$secret" ]; then
    mkdir -p "$(dirname "$secret")"
    cp "$backup/secret.key" "$secret"
fi
echo "restored $(basename "$backup")"
