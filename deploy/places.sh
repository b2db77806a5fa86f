# shellcheck shell=bash disable=SC2034
# Where the settings say that things are; sourced by backup.sh and restore.sh.
#   kind      sqlite or postgresql
#   database  the SQLite file; for PostgreSQL empty, since its own PG* variables are set instead
#   files     the folder of handed-in files; empty when they are in an object store
#   secret    the file of the cookie secret; it need not exist

if [ -z "${LTI_TOOL_DATA:-}" ]; then
    echo "LTI_TOOL_DATA is not set: give the settings of the tool (env file) to this command" >&2
    exit 2
fi

# Addresses are taken apart by a program that knows how; passwords go by the environment, not the command line.
eval "$(python3 - <<'PYTHON'
import os
import shlex
from urllib.parse import parse_qs, unquote, urlsplit

data = os.path.abspath(os.environ["LTI_TOOL_DATA"])
database = urlsplit(os.environ.get("LTI_TOOL_DATABASE_URL") or f"sqlite:///{data}/lti-tool.sqlite3")
storage = os.environ.get("LTI_TOOL_STORAGE_URL") or f"file://{data}/files"
found = {"secret": f"{data}/secret.key"}
found["files"] = urlsplit(storage).path if storage.startswith("file:") else ""
if database.scheme == "sqlite":
    found |= {"kind": "sqlite", "database": os.path.abspath(unquote(database.path[1:]))}
else:
    query = {name: values[-1] for name, values in parse_qs(database.query).items()}
    given = {
        "PGHOST": query.pop("host", database.hostname),
        "PGPORT": database.port,
        "PGUSER": database.username and unquote(database.username),
        "PGPASSWORD": database.password and unquote(database.password),
        "PGDATABASE": unquote(database.path[1:]),
        **{f"PG{name.upper()}": value for name, value in query.items()},
    }
    found |= {"kind": "postgresql", "database": ""}
    for name, value in given.items():
        if value:
            print(f"export {name}={shlex.quote(str(value))}")
for name, value in found.items():
    print(f"{name}={shlex.quote(value)}")
PYTHON
)"
