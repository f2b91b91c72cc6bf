"""What no dice find in a thousand throws they may find in ten thousand."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ocop.config import Config
from tests.features.security.fuzzing import fuzz


def test_ten_thousand_requests_of_people_of_a_meet_no_word_of_b(
    app: Flask, engine: Engine, session: Session, config: Config
) -> None:
    fuzz(app, engine, session, config, requests=10_000)
