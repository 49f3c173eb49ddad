# Two commands matter: `make demo` and `make test`. `make help` lists all of them.
PYTHON ?= python3
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
LOCK := $(BIN)/uv --no-config pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-emit-index-url --no-header --no-annotate $(LOCK_FLAGS)
SCHEMA := docs/schema/scenario.schema.json
BENCHMARKS := simulation main_job geo

.PHONY: help demo test test-long check bench docs schema lock clean
.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

demo: $(VENV)/.installed ## install into .venv, plan the Helsinki network and say where the report lies
	$(BIN)/netsim run scenarios/helsinki_plan.yaml --out demo
	@echo "Report: $(CURDIR)/demo/report.html"

test: check ## install what development needs, run all checks and the tests
	$(BIN)/python -m pytest -n $(WORKERS) -m "not long"

test-long: $(VENV)/.installed-dev ## run the tests that take minutes
	$(BIN)/python -m pytest -n $(WORKERS) -m long

check: $(VENV)/.installed-dev ## style, types, import contracts, schema up to date, docs without a warning
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m netsim.scenario.schema | cmp - $(SCHEMA) || { echo "$(SCHEMA) is out of date: run make schema"; exit 1; }
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --site-dir build/docs

bench: $(VENV)/.installed-dev ## measure; each script prints a JSON list of records
	@set -e; for topic in $(BENCHMARKS); do echo "$$topic" >&2; $(BIN)/python "benchmarks/$$topic.py" --json; done

docs: $(VENV)/.installed-dev ## build the documentation into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --site-dir site
	@echo "Documentation: $(CURDIR)/site/index.html"

schema: $(VENV)/.installed-dev ## write the JSON schema of scenario files for editors
	$(BIN)/python -m netsim.scenario.schema $(SCHEMA)

lock: $(VENV)/.installed-dev ## resolve the lock files anew (LOCK_FLAGS=--upgrade takes newer releases)
	echo "setuptools>=77" | $(LOCK) pyproject.toml - --output-file requirements.lock
	echo "setuptools>=77" | $(LOCK) pyproject.toml - --extra dev --extra bench --constraints requirements.lock \
		--output-file requirements-dev.lock

clean: ## remove outputs, built docs and caches (.venv stays)
	rm -rf out demo build site .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/pyvenv.cfg
	$(PIP) install --require-hashes --requirement requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock pyproject.toml | $(VENV)/pyvenv.cfg
	$(PIP) install --require-hashes --requirement requirements-dev.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/pyvenv.cfg:
	@command -v $(PYTHON) >/dev/null || { echo "netsim needs Python 3.11-3.13: install python3, or say make PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
		{ echo "netsim needs Python 3.11-3.13, this is $$($(PYTHON) --version): say make PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "this Python lacks venv: install the package python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
