"""The `ocop` command."""

from ocop.cli.commands import main

__all__ = ["main"]
