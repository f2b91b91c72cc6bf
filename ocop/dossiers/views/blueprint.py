"""The blueprint and what its pages share."""

from __future__ import annotations

from flask import Blueprint, Response

from ocop.web.wording import sentence

bp = Blueprint("dossiers", __name__)
bp.context_processor(lambda: {"sentence": sentence})


def file(content: bytes, kind: str, name: str) -> Response:
    """An answer that is saved as ``name`` (letters a to z, no tone marks)."""
    return Response(content, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
