# Everything that a developer runs. `make help` lists it.
#
# Set-up happens by itself, once: each step below leaves a stamp in .venv/ and is repeated only when
# pyproject.toml changes. `make clean` forgets all of it.

PYTHON ?= python3
PYTEST_ARGS ?= -n 3 --no-loadscope-reorder --max-worker-restart=0
BIN := .venv/bin

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo lab test lint pytest interop fmt bench setup clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- what you run -------------------------------------------------------------------------------

demo: .venv/.stamp-run ## run notebooks/quickstart.ipynb against the sandbox, print what comes out
	@rm -rf .cache/demo
	@$(BIN)/nangonb demo .cache/demo --execute
	@echo "To work with it: make lab"

lab: .venv/.stamp-lab ## open the notebooks in JupyterLab
	@$(BIN)/jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root) --notebook-dir=notebooks

test: lint pytest ## everything: linters, types, import contracts, tests (PYTEST_ARGS="-k picker" to choose)

lint: .venv/.stamp-dev ## linters, types and import contracts only
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --cache-dir .cache/import_linter

pytest: .venv/.stamp-dev .venv/.stamp-chromium lint
	$(BIN)/pytest $(PYTEST_ARGS)

interop: .venv/.stamp-dev ## the tests that drive real Nango software for minutes (needs Node.js and npm)
	@$(BIN)/python -c 'from tests.interop.npm import install; install()' # fails where the tests would be skipped
	$(BIN)/pytest -m interop $(PYTEST_ARGS)

fmt: .venv/.stamp-dev ## format the code and mend what the linter can mend
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format

bench: .venv/.stamp-run ## run the benchmarks, minutes; fails where one misses its limit
	@missed=; for script in $(filter-out benchmarks/server.py,$(wildcard benchmarks/*.py)); do \
	  echo "== $$script"; $(BIN)/python "$$script" || missed="$$missed $$script"; done; \
	  test -z "$$missed" || { echo "missed or failed:$$missed" >&2; exit 1; }

setup: .venv/.stamp-dev .venv/.stamp-chromium ## only set up, for working in an editor

clean: ## remove the virtual environment and all caches
	rm -rf .venv dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .cache
	find . -name __pycache__ -not -path './node_modules/*' -prune -exec rm -rf {} +

# --- set-up -------------------------------------------------------------------------------------

.venv/.stamp-pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "nangonb needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) --version 2>&1)." \
	         "Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "setting up .venv (once)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq --upgrade 'pip>=25.1'
	@touch $@

.venv/.stamp-run: pyproject.toml .venv/.stamp-pip
	@$(BIN)/python -m pip install -qq --editable '.[typescript]'
	@touch $@

.venv/.stamp-lab: .venv/.stamp-run
	@$(BIN)/python -m pip install -qq --editable '.[lab]'
	@touch $@

.venv/.stamp-dev: .venv/.stamp-run
	@$(BIN)/python -m pip install -qq --group test --group lint
	@touch $@

.venv/.stamp-chromium: tools/chromium .venv/.stamp-pip
	@tools/chromium --install >/dev/null && touch $@ || test $$? -eq 3
