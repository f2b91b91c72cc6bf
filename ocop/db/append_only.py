"""Tables whose rows are written once: the database itself refuses to change or delete them.

A migration that rebuilds such a table (SQLite's batch mode does) must lay the triggers again.
"""

from __future__ import annotations


def append_only(dialect: str, table: str) -> tuple[str, ...]:
    """Statements that make ``table`` refuse UPDATE and DELETE; dialect is "sqlite" or "postgresql"."""
    if dialect == "sqlite":
        return tuple(
            f"CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for what in ("UPDATE", "DELETE")
        )
    return (
        f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$",
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
    )
