# Every recipe works from a fresh clone: the first one to need it makes .venv.
#
#   make demo    the main job, from an empty folder to a prediction
#   make test    the tests
#   make check   formatting, lint, types, the direction of imports
#   make bench   the figures of docs/benchmarks.md, measured here
#   make docs    the README's table of parts, from the code
#   make templates NAME=realtime VERSION=0.2.0 NOTES="What is new"    releases a built-in template

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= auto

# Without it Python would compile what it imports anew in each process, which is half the time of most commands.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install demo test check format bench docs templates constraints clean

help:
	@sed -n 's/^#   //p' Makefile

# A stamp for each set of extras, so that a second run installs nothing and a changed pyproject.toml installs again.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	  || { echo "mlstack needs Python 3.11 to 3.13, and $(PYTHON) is `$(PYTHON) -V 2>&1`: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)"; exit 2; }
	@echo "Creating $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt uv

$(VENV)/installed-%: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing mlstack[$*] ..."
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet -c constraints.txt -e '.[$*]'
	@touch $@

install: $(VENV)/installed-local

demo: install
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh docs/demo.sh

test: $(VENV)/installed-dev
	@$(BIN)/mlstack engine install
	@$(BIN)/pytest -n $(WORKERS)

check: $(VENV)/installed-dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/installed-dev
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(VENV)/installed-dev
	@$(BIN)/mlstack engine install
	@$(BIN)/python -m benchmarks

docs: $(VENV)/installed-dev
	@$(BIN)/python docs/generate.py

templates: $(VENV)/installed-dev
	@$(BIN)/python -m mlstack.scaffold.catalog.releases "$(NAME)" "$(VERSION)" "$(NOTES)"

# Pins every dependency of every extra for Python 3.11 to 3.13; the file holds no addresses.
constraints: $(BIN)/python
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --all-extras --no-emit-index-url \
	  --no-header --no-annotate pyproject.toml -o constraints.txt

clean:
	rm -rf $(VENV) dist build weather .mypy_cache .ruff_cache .pytest_cache .hypothesis
