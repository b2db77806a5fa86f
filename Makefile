# The two commands of the README, and what they are made of.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint fix sure bench lti-coverage content-check contact-sheets requirements

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

CATALOGS := $(wildcard lti_tool/*/translations/*/LC_MESSAGES/messages.po)
COMPILED := $(CATALOGS:.po=.mo)

setup: $(STAMP) $(COMPILED) ## make .venv with pinned, hashed dependencies

$(STAMP): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "Python 3.11 or newer is needed; '$(PYTHON)' is $$($(PYTHON) --version 2>&1). Choose another: make PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing (Debian: apt-get install python3-venv)."; rm -rf $(VENV); exit 1; }
	@echo "Installing dependencies into $(VENV) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt || { echo "The dependencies could not be installed: is the network (or your package mirror) reachable?"; exit 1; }
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

%.mo: %.po $(STAMP)
	@$(BIN)/pybabel --quiet compile -i $< -o $@

demo: setup ## the tool and a demo LMS in the browser
	@$(BIN)/lti-tool demo

test: setup ## run the suite
	@$(BIN)/pytest $(ARGS)

lint: setup ## style and types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

fix: setup ## mend style where a program can
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

content-check: setup ## every problem of the course, and what is in it
	@$(BIN)/lti-tool content check

contact-sheets: setup ## every page of the course on a phone, as pictures in var/sheets
	@mkdir -p var/sheets
	@SHEETS=var/sheets $(BIN)/pytest -q tests/browser/test_course_pages.py

sure: lint content-check ## all that CI runs
	@$(BIN)/pytest --cov --cov-report=term $(ARGS)

bench: setup ## launches, pages and scores beside other tools, into var/bench.json
	@$(BIN)/python -m bench

lti-coverage: setup ## every LTI requirement, and the tests that show it
	@$(BIN)/python tests/lti_coverage.py

requirements: ## pin anew after a change of pyproject.toml (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml -o requirements/run.txt
	echo 'setuptools>=77' | uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate - -o requirements/build.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --extra celery pyproject.toml -o requirements/celery.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --extra dev --extra celery pyproject.toml -o requirements/dev.txt
