#!/bin/sh
# Write the two lock files from pyproject.toml: exact versions with hashes, for every platform, no host names.
# Run it through `make lock` after changing a dependency; a test compares them with pyproject.toml.
set -eu
cd "$(dirname "$0")/.."
compile() {
    .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-annotate --no-header --no-config "$@"
}
[ -x .venv-lock/bin/uv ] || { python3 -m venv .venv-lock && .venv-lock/bin/pip install -q uv; }
compile pyproject.toml -o requirements.lock
compile pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
compile pyproject.toml --group dev --group engines -c requirements.lock -o requirements-engines.lock
