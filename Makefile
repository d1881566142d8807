# Two commands need nothing but make and Python 3.11 or newer:
#
#   make demo    answers a simulated phone call with the echo example and shows the conversation
#   make test    runs every check: style, types, generated files, tests on three event loops, coverage
#
# Both make a virtual environment in .venv the first time and work offline afterwards. `make check` runs the lanes
# as well, which need other programs (see CONTRIBUTING.md).

PYTHON ?= $(shell command -v python3.11 || command -v python3.13 || command -v python3.12 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin

# How long `make soak` goes on, in all, and what decides its faults.
SOAK_MINUTES ?= 60
SOAK_SEED ?= $(shell date +%s)

.PHONY: help demo phone test check soak hour test-lowest test-pythons lint types generate format bench clean

help: ## show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "No python3 found. Install Python 3.11 or newer and try again."; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed, $(PYTHON) is older. Try: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Making a virtual environment in $(VENV) …"
	@"$(PYTHON)" -m venv $(VENV) \
		|| { echo "Could not make a virtual environment (on Debian: apt-get install python3-venv)."; rm -rf $(VENV); exit 1; }

# The stamps say which dependencies are in; they are renewed when pyproject.toml changes.
$(VENV)/.ready-demo: $(BIN)/python pyproject.toml
	@echo "Installing what the demo needs …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[cli]'
	@touch $@

$(VENV)/.ready-dev: $(BIN)/python pyproject.toml
	@echo "Installing what the tests need (a few minutes the first time) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'pip>=25.1'  # it knows dependency groups
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[all]' --group dev
	@touch $@ $(VENV)/.ready-demo

demo: $(VENV)/.ready-demo ## answer a simulated call with examples/echo.py and show the conversation
	@echo "A simulated call to examples/echo.py. What its caller does is in examples/echo.call."
	@$(BIN)/jambonz call examples/echo.py:app --script examples/echo.call
	@echo "Be the caller yourself: $(BIN)/jambonz call examples/echo.py:app"

phone: $(VENV)/.ready-demo ## call examples/echo.py from a page in your browser
	@$(BIN)/jambonz phone examples/echo.py:app

test: $(VENV)/.ready-dev ## run every check that needs nothing but Python
	@$(BIN)/python scripts/check.py

check: $(VENV)/.ready-dev ## `make test`, and the lanes that need other programs
	@$(BIN)/python scripts/check.py --lanes $(CHECKFLAGS)

soak: $(VENV)/.ready-dev ## play calls through a bad network for an hour, on each event loop in turn (SOAK_MINUTES=60)
	@$(BIN)/python -m tests.soak --loop each --minutes $(SOAK_MINUTES) --calls 1000000 --seed $(SOAK_SEED) --memory

hour: $(VENV)/.ready-dev ## play an hour of calls in virtual time, and look whether anything is left of them
	@$(BIN)/python -m tests.soak.hour

test-lowest: ## run the tests with the lowest versions of the dependencies that are allowed
	@"$(PYTHON)" scripts/other_environments.py lowest --python "$(PYTHON)"

test-pythons: ## run the tests on every supported Python that is installed
	@"$(PYTHON)" scripts/other_environments.py pythons

lint: $(VENV)/.ready-dev ## style only
	@$(BIN)/python scripts/check.py style

types: $(VENV)/.ready-dev ## types only: mypy, pyright, and whether all public names have known types
	@$(BIN)/python scripts/check.py mypy pyright verifytypes

generate: $(VENV)/.ready-dev ## write the generated files again, from schemas/, the state tables, the registry of the wire, the imports, the examples and the last `make bench`
	@$(BIN)/python scripts/generate.py
	@$(BIN)/python scripts/diagrams.py
	@$(BIN)/python scripts/wire_tables.py
	@$(BIN)/python scripts/layers.py
	@$(BIN)/python scripts/gallery.py
	@$(BIN)/python scripts/speed_pages.py

format: $(VENV)/.ready-dev ## let ruff lay out the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

bench: $(VENV)/.ready-dev ## measure against the peers, and draw docs/speed.md (takes minutes; BENCHFLAGS=--quick)
	@$(BIN)/python -m benchmarks.run $(BENCHFLAGS)

clean: ## remove what these commands made
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .cache build dist
