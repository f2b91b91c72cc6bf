"""The blueprint, and what lives as long as the process: keys, memory, spool, limiter."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, current_app
from flask.blueprints import BlueprintSetupState

from ocop.config import Config
from ocop.public.queries.stamp import StampDesk
from ocop.public.services.limiter import Limiter
from ocop.public.services.spool import ScanSpool
from traceability.highwater import HighWater
from traceability.serials import StampKey

bp = Blueprint("public", __name__)


@dataclass(frozen=True)
class ScanPoint:
    """All a scan needs."""

    keys: dict[str, StampKey]
    device_secret: bytes
    desk: StampDesk
    spool: ScanSpool
    limiter: Limiter


@bp.record_once
def _set_up(state: BlueprintSetupState) -> None:
    config: Config = state.app.config["OCOP"]
    secrets = state.app.extensions["ocop.secrets"]
    state.app.extensions["ocop.scan_point"] = ScanPoint(
        keys={version: StampKey(version, secret) for version, secret in secrets.stamp.items()},
        device_secret=secrets.device,
        desk=StampDesk(state.app.extensions["ocop.engine"], HighWater(config.mark_file)),
        spool=ScanSpool(config.spool_dir),
        limiter=Limiter(),
    )


def scan_point() -> ScanPoint:
    return current_app.extensions["ocop.scan_point"]
