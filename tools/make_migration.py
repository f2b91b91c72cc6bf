"""Write the next migration from the models: python tools/make_migration.py "what changes"."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

import ocop.app  # noqa: F401 - brings in every model
from ocop.db import migrate
from ocop.db.base import Base
from ocop.db.engine import make_engine


def main(message: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'empty.db'}")
        if migrate.newest():
            migrate.upgrade(engine)
        with engine.connect() as connection, connection.begin():
            config = migrate.alembic_config(connection, Base.metadata)
            number = len(list((Path(migrate.__file__).parent / "migrations/versions").glob("*.py"))) + 1
            command.revision(config, message, autogenerate=True, rev_id=f"{number:04}")
        engine.dispose()


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]) or "change")
