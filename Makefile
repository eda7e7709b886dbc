# `make` lists what there is. Everything runs in .venv, which `make install` makes from requirements.lock.

BIN := .venv/bin
PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(if $(shell command -v $(name)),$(name))))
PORT ?= 3000

.DEFAULT_GOAL := help
.PHONY: help install run test bench lint cassettes

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' $(MAKEFILE_LIST) | while IFS='|' read -r name what; do printf '  make %-10s %s\n' "$$name" "$$what"; done

install: .venv/installed ## make the virtual environment and install the pinned dependencies, if they changed

.venv/installed: requirements.lock pyproject.toml
	@if [ -z "$(PYTHON)" ] || ! $(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))'; then \
		echo "Python 3.11, 3.12 or 3.13 is needed: install one, then run make again (or make PYTHON=/path/to/python3.11)." >&2; exit 1; fi
	@if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "Python's venv module is missing: install it (Debian: apt-get install python3-venv), then run make again." >&2; exit 1; fi
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	$(BIN)/python -m pip check
	@touch $@

run: .venv/installed ## start everything and open http://127.0.0.1:3000 (another port: make run PORT=3001); Ctrl-C ends it
	@exec $(BIN)/catalog up --port $(PORT)

test: .venv/installed ## run the whole test suite and measure its coverage
	$(BIN)/pytest -m alone --cov --cov-report= --cov-fail-under=0
	$(BIN)/pytest -m "not alone" --numprocesses 2 --dist loadfile --no-loadscope-reorder --durations=20 --cov --cov-append --cov-report=term:skip-covered

bench: .venv/installed ## measure load, merge, memory and increments; writes the tables to benchmarks/
	$(BIN)/python -m benchmarks

lint: .venv/installed ## format, rules, types, import directions, SQL, known weaknesses of dependencies
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint --disable-progress-bar sql
	@report=$$($(BIN)/pip-audit --progress-spinner=off --disable-pip --no-deps --requirement requirements.lock 2>&1); status=$$?; \
	if [ $$status -ne 0 ] && echo "$$report" | grep -Eqi 'connect|resolv|timed out|proxy'; \
	then echo "The audit of the dependencies is skipped: the package index can't be reached."; \
	else echo "$$report"; exit $$status; fi

cassettes: .venv/installed ## record the client's HTTP exchanges again, against the sandbox or, with credentials, the service
	$(BIN)/python -m tests.record_cassettes
