#!/usr/bin/env python3
"""Makes the kept file of the newest version of the database: keep.py, behind a new step beside the others.

A kept file is never made again: it is what a user of that version has. Each table gets rows of made-up values.
"""
import gzip
import sqlite3
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
STEPS = HERE.parents[4] / "main" / "resources" / "tayyar" / "store"
SAID = {"requests_per_minute": 60, "currency": "EGP", "zone": "Africa/Cairo", "kind": "top_up", "role": "owner",
        "level": "key", "models": None, "status": 200, "pays": 1, "revoked_ms": None, "suspended_ms": None,
        "erased_ms": None, "regions": None, "project_id": "proj_default"}
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"


def value(column, kind, number):
    kind = kind.upper()
    if column in SAID:
        return SAID[column]
    if "BLOB" in kind:
        return bytes([number]) * 32
    if "INT" in kind:
        began = {"_us": 1_760_000_000_000_000, "_ms": 1_760_000_000_000}
        return next((at for end, at in began.items() if column.endswith(end)), 0) + number
    return f"{number:02x}" * 32 if "sha256" in column else f"{column}_{number}"


def add(database, table, number):
    last = {}
    for _, _, other, column, its, *_ in database.execute(f"PRAGMA foreign_key_list({table})"):
        its = its or next(row[1] for row in database.execute(f"PRAGMA table_info({other})") if row[5])
        found = database.execute(f"SELECT {its} FROM {other} ORDER BY rowid DESC LIMIT 1").fetchone()
        last[column] = found and found[0]
    row = {name: last[name] if name in last else value(name, kind, number)
           for _, name, kind, *_ in database.execute(f"PRAGMA table_info({table})")}
    try:
        database.execute(
            f"INSERT INTO {table} ({','.join(row)}) VALUES ({','.join('?' * len(row))})", list(row.values()))
    except sqlite3.IntegrityError:
        pass  # one that has its only row by itself, or refers to a table whose turn comes


def keep(version):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "kept.db"
        database = sqlite3.connect(file, isolation_level=None)
        database.execute("PRAGMA foreign_keys = on")
        for step in range(1, version + 1):
            database.executescript((STEPS / f"{step}.sql").read_text())
        database.execute(f"PRAGMA user_version = {version}")
        for turn in (1, 2, 3):
            for (table,) in database.execute(TABLES).fetchall():
                add(database, table, turn)
        database.execute("VACUUM")
        database.close()
        (HERE / f"{version}.db.gz").write_bytes(gzip.compress(file.read_bytes(), 9, mtime=0))


if __name__ == "__main__":
    keep(max(int(step.stem) for step in STEPS.glob("*.sql")))
