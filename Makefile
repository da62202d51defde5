# make run    install what is missing into .venv, then open the chat on http://127.0.0.1:7860
# make test   install the test tools as well and run the tests
# make test-all  run what `make test` leaves out: the long matrices
# make check  format, lint and types first, then the tests
# make bench  measure all that needs no data from elsewhere, as one table
#
# PYTHON=python3.12 names the interpreter that .venv is made with; ARGS goes to `app.py serve` and
# to the benches, PYTEST_ARGS to pytest: make run ARGS="--library ~/notes --port 8000". WORKERS=0
# runs the tests in one process, where -x and a debugger are at home.

PYTHON ?= python3
VENV ?= .venv
ARGS ?=
PYTEST_ARGS ?=
WORKERS ?= 2

# Where there is a desktop, the page opens in its browser.
OPEN ?= $(if $(DISPLAY)$(WAYLAND_DISPLAY)$(filter Darwin,$(shell uname)),--open)

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

# A stamp is touched when its installation has ended well, so the next run starts at once and
# an installation that was cut short is taken up again.
RUN_STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test test-all check format bench clean

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

run: $(RUN_STAMP)
	$(BIN)/python app.py serve $(OPEN) $(ARGS)

# Compiled once and kept, not by each worker and each program that the tests start.
test test-all: export PYTHONDONTWRITEBYTECODE =
test: $(DEV_STAMP)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not long" $(PYTEST_ARGS)

test-all: $(DEV_STAMP)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m long $(PYTEST_ARGS)

check: $(DEV_STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(MAKE) --no-print-directory test

format: $(DEV_STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(DEV_STAMP)
	$(BIN)/python -m bench $(ARGS)

clean:
	rm -rf build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

$(RUN_STAMP): pyproject.toml | $(BIN)/pip
	$(PIP) install -e .
	@touch $@

# The test tools come on top of all that running needs, so this stamp serves `make run` as well.
$(DEV_STAMP): pyproject.toml | $(BIN)/pip
	$(PIP) install -e '.[dev]'
	@touch $(RUN_STAMP) $@

# pip comes late when venv makes an environment: where it is missing, the environment is not whole.
$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Verbatim needs Python 3.11 or newer, and $(PYTHON) is not one: name one that is, as in make run PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
