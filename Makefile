# OCOP Lên Sàn. The two commands: `make run` and `make test`. `make help` lists the others.
PYTHON ?= python3
PY := .venv/bin/python
PIP_INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps
export PYTHONPATH := $(CURDIR)

.DEFAULT_GOAL := help
.PHONY: help run test lint faults browser screens scale sure lock migration backup clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Cần Python 3.11 trở lên (Python >= 3.11 is needed)."; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Thiếu gói venv. Cài bằng: apt install python3-venv"; exit 1; }

.venv/ready: requirements.lock | .venv/bin/python
	$(PIP_INSTALL) -r requirements.lock
	@touch $@

.venv/ready-dev: requirements-dev.lock | .venv/bin/python
	$(PIP_INSTALL) -r requirements-dev.lock
	@touch $@

.venv/ready-engines: requirements-engines.lock | .venv/bin/python
	$(PIP_INSTALL) -r requirements-engines.lock
	@touch $@

run: .venv/ready ## set up and run everything: web, worker, practice marketplace (Ctrl-C stops all)
	@exec $(PY) -m ocop run

test: .venv/ready-dev lint ## set up and pass every test that needs no engine
	$(PY) -m pytest -n 2 --dist worksteal tests/unit tests/features tests/adapters tests/journeys tests/quality

lint: .venv/ready-dev ## style and import contracts
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	.venv/bin/lint-imports --no-cache

browser: .venv/ready-engines ## journeys in Chromium (needs the package chromium)
	$(PY) -m pytest tests/browser

screens: .venv/ready-engines ## draw the pictures in docs/screens again
	$(PY) -m tests.browser.screens docs/screens

scale: .venv/ready-engines ## the same feature tests on PostgreSQL (needs the package postgresql)
	tests/scale/with_postgres $(PY) -m pytest -n 2 --dist worksteal tests/unit tests/features tests/journeys tests/quality tests/scale

faults: .venv/ready-dev ## a thousand posts through a storm of lost replies, 500s, 429s and nonsense
	$(PY) -m pytest -s tests/faults

sure: test faults browser scale ## all that CI runs

lock: ## write the hashed lock files again after changing pyproject.toml
	sh tools/lock.sh

migration: .venv/ready ## write the next migration from the models: make migration M="what changes"
	$(PY) tools/make_migration.py $(M)

backup: .venv/ready ## one encrypted file of database and media in var/backups
	$(PY) -m ocop backup

clean: ## remove the virtual environment (data in var/ stays)
	rm -rf .venv
