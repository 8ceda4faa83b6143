# Every target ends with a sentence that says what to do next. The work itself is in portal/operations.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help install run stop reset test test-faults test-browser lint types bench vendor browser environment

export UV_LINK_MODE ?= hardlink
PYTHON := .venv/bin/python
UV := $(shell command -v uv 2>/dev/null || echo .tools/uv/bin/uv)

help:
	@echo "make run            start everything (PORT=8000, DATA_DIR=var)"
	@echo "make stop           stop it from another terminal"
	@echo "make reset          delete the data of DATA_DIR, after asking"
	@echo "make test           the test suite; also test-browser and test-faults"
	@echo "make lint types     style and types"
	@echo "make bench NAME=x   run benchmarks/x.py; without NAME, list them"
	@echo "make browser        install Chromium for the browser tests"
	@echo "make vendor         refresh the browser libraries in static/"
	@echo "Start with: make run"

.tools/uv/bin/uv:
	@python=$$(command -v python3 || command -v python) || { echo "Python was not found. Install Python 3.13, then run this again." >&2; exit 1; }; \
	"$$python" -m venv .tools/uv || { echo "Python can't make a virtual environment. Install its venv module (Debian: apt-get install python3-venv), then run this again." >&2; rm -rf .tools/uv; exit 1; }; \
	.tools/uv/bin/python -m pip install --quiet --disable-pip-version-check uv || { echo "uv could not be installed. Check the connection to the package index, then run this again." >&2; rm -rf .tools/uv; exit 1; }

# Done again only when the lock file or the wanted libraries changed: a second start must not wait for it. Compiled at
# once where Python may not keep what it compiles: every process would else compile Django anew, for two seconds.
SYNC := $(UV) sync --frozen --quiet $(if $(PYTHONDONTWRITEBYTECODE),--compile-bytecode)
SYNC_FAILED := { $(UV) python find --quiet >/dev/null 2>&1 || echo "Python 3.13 was not found. Install it (pyenv install 3.13, or your system's package), then run this again." >&2; exit 1; }
WANTED := uv.lock pyproject.toml .python-version

# What running needs, leaving what tests and benchmarks added.
.venv/.installed: $(WANTED) | $(filter .tools/uv/bin/uv,$(UV))
	@$(SYNC) --inexact --no-default-groups || $(SYNC_FAILED)
	@touch $@

# Everything: also the test tools, and the peers that benchmarks measure against.
.venv/.installed-all: $(WANTED) | $(filter .tools/uv/bin/uv,$(UV))
	@$(SYNC) || $(SYNC_FAILED)
	@touch .venv/.installed $@

install: .venv/.installed-all
	@echo "The libraries are installed. Next: make run"

environment: .venv/.installed
	@$(PYTHON) -m portal.operations environment

run: .venv/.installed
	@exec $(PYTHON) -m portal.operations run --with-parent

stop: .venv/.installed
	@$(PYTHON) -m portal.operations stop

reset: .venv/.installed
	@$(PYTHON) -m portal.operations reset $(if $(filter 1 yes,$(YES)),--yes)

test: .venv/.installed-all
	@$(PYTHON) -m pytest --numprocesses 2 $(ARGS)
	@echo "The tests passed. Next: make test-browser, or make run"

test-faults: .venv/.installed-all
	@$(PYTHON) -m pytest -m faults $(ARGS)
	@echo "The faults were survived. Next: make run"

test-browser: .venv/.installed-all
	@$(PYTHON) -m pytest -m browser $(ARGS)
	@echo "The story works in a browser. Next: make test-faults"

lint: .venv/.installed-all
	@.venv/bin/ruff check . && .venv/bin/ruff format --check .
	@echo "The style is clean. Next: make types"

types: .venv/.installed-all environment
	@.venv/bin/mypy .
	@echo "The types agree. Next: make test"

bench: .venv/.installed-all  # its last line is the result as JSON: nothing may be printed after it
	@if [ -z "$(NAME)" ]; then grep -l '^def main' benchmarks/*.py | xargs -n1 basename -s .py; echo "Choose one: make bench NAME=..."; \
	else $(PYTHON) -m benchmarks.$(NAME) $(ARGS); fi

vendor: .venv/.installed-all
	@$(PYTHON) manage.py vendor_static
	@echo "static/vendor is fresh. Look at the difference, then commit it."

browser:
	@if command -v chromium >/dev/null 2>&1; then echo "Chromium is already installed. Next: make test-browser"; \
	elif ! command -v apt-get >/dev/null 2>&1; then echo "Install Chromium with your system's package manager, then: make test-browser" >&2; exit 1; \
	elif [ "$$(id -u)" = 0 ]; then apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; echo "Chromium is installed. Next: make test-browser"; \
	elif command -v sudo >/dev/null 2>&1; then sudo apt-get update -qq && sudo apt-get install -y -qq --no-install-recommends chromium; echo "Chromium is installed. Next: make test-browser"; \
	else echo "Ask an administrator to install Chromium, then: make test-browser" >&2; exit 1; fi
