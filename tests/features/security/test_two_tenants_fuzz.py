"""A short run of the fuzz at every change; ten thousand requests are a matter of `make faults`."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ocop.config import Config
from tests.features.security.fuzzing import fuzz


def test_v8_4_1_a_thousand_requests_of_people_of_a_meet_no_word_of_b(
    app: Flask, engine: Engine, session: Session, config: Config
) -> None:
    fuzz(app, engine, session, config, requests=1_000)
