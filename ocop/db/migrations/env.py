"""Run by Alembic. The connection comes from ocop.db.migrate; nothing is read from an ini file."""

from typing import Any

from alembic import context


def _plain_types(kind: str, thing: Any, _context: object) -> str | bool:
    """Migrations stand alone: our own column types are written as what they are in the database."""
    if kind == "type" and type(thing).__module__.startswith("ocop."):
        return f"sa.{thing.impl!r}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes.get("metadata"),
    render_as_batch=True,
    compare_type=True,
    render_item=_plain_types,
)
context.run_migrations()
