# `make run` shows the map; `make test` checks everything. Both fill and share .venv; nothing else is touched.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
PORT ?= 8050
JOBS ?= 2
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -qq

export PIP_ROOT_USER_ACTION := ignore

help: ## say what there is
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

run: .venv/.run ## show the map at http://127.0.0.1:8050 (PORT= changes it)
	@$(BIN)/conflict-map serve --port $(PORT)

test: lint chromium ## lint, types, unit, contract, doctests, wheel, browser
	$(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal --ignore=tests/browser
	$(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal tests/browser

lint: .venv/.dev ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

chromium: .venv/.dev ## find a Chromium, else install one with the system's package manager
	@$(BIN)/python tools/find_chromium.py --install

bench: .venv/.dev chromium ## measure start, load, a step of time and the store beside other ways to do it
	$(BIN)/python tools/bench.py

shots: .venv/.dev chromium ## take the screenshots of the README
	$(BIN)/python tools/screenshots.py

geodata: .venv/.dev ## rebuild geodata/data from its pinned sources
	$(BIN)/python -m tools.build_geodata .cache/geodata

requirements: .venv/.dev ## resolve the pinned requirements anew
	$(BIN)/python tools/requirements.py

clean: ## remove .venv and what tools left behind
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis dist build

.venv/.dev: requirements-dev.txt .venv/.run
	$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

.venv/.run: requirements.txt pyproject.toml $(BIN)/python
	$(PIP) install --require-hashes -r requirements.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

# A Debian without python3-venv makes a venv all the same, only without pip; the system's pip then fills it.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12")'
	@$(PYTHON) -m venv .venv >/dev/null 2>&1 \
	  || { $(PYTHON) -m venv --clear --without-pip .venv && $(PYTHON) -m pip -qq --python $(BIN)/python install pip; }

.PHONY: help run test lint chromium bench shots geodata requirements clean
