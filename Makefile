# Everything from a fresh checkout. Needs Python 3.11 or newer; Node brings the Tibetan font, the editor and the uploader.
#
#   make demo    environment, assets, catalogues, demo data, then a server on PORT
#   make test    the whole suite, on SQLite and on PostgreSQL
#   make lint    style, types, templates, import contract
#   make bench   the benchmark, as ratios

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PORT ?= $(or $(PORTAL_PORT),8000)
# One process more than a small machine has cores: some tests wait for servers, mails and browsers.
WORKERS ?= 3
PYTEST_ARGS ?=

BIN := .venv/bin
STAMPS := .venv/.stamps
VENDOR := static/vendor
CATALOGUES := $(wildcard translations/*/LC_MESSAGES/messages.po)
COMPILED := $(CATALOGUES:.po=.mo)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCKED := install --require-hashes --no-build-isolation --use-pep517 --requirement

.PHONY: help demo test lint format bench env env-dev assets catalogues extract lock clean \
  lint-style lint-format lint-types lint-imports lint-templates lint-texts

help:
	@sed -n 's/^#   //p' Makefile

demo: env assets catalogues
	@exec $(BIN)/portal demo --port $(PORT)

test: env-dev assets catalogues
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(PYTEST_ARGS)

# Each check stands alone, so that 'make -k lint' names everything at once.
CHECKS := lint-style lint-format lint-types lint-imports lint-templates lint-texts

lint: $(CHECKS)

$(CHECKS): env-dev

lint-style:
	$(BIN)/ruff check .

lint-format:
	$(BIN)/ruff format --check .

lint-types:
	$(BIN)/mypy

lint-imports:
	$(BIN)/lint-imports --no-logo

lint-templates:
	$(BIN)/djlint templates --lint --quiet

lint-texts:
	$(BIN)/python -m pytest -q -p no:cacheprovider tests/house/test_catalogues.py tests/house/test_tibetan_form.py \
	  tests/house/test_repository.py

format: env-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: env catalogues
	$(BIN)/python bench/run.py
	$(BIN)/python -m bench.queues

# ---------------------------------------------------------------- environment

env: $(STAMPS)/project
	@:

env-dev: $(STAMPS)/project $(STAMPS)/dev
	@:

# The newest Python that the lock was made for; any other from 3.11 on is taken where there is none of these.
$(STAMPS)/python:
	@found=; for name in python3.13 python3.12 python3.11 python3 python; do \
	  if command -v $$name >/dev/null 2>&1 && \
	     $$name -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	    found=$$name; break; \
	  fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "The portal needs Python 3.11 or newer with its venv module (on Debian: python3-venv)." >&2; \
	  echo "Found here: $$(python3 --version 2>&1 || echo none)." >&2; \
	  exit 1; \
	fi; \
	echo "Environment: $$($$found --version)"; \
	$$found -m venv --clear .venv
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/build: requirements/build.txt $(STAMPS)/python
	@$(PIP) install --require-hashes --requirement requirements/build.txt
	@touch $@

$(STAMPS)/base: requirements/base.txt $(STAMPS)/build
	@echo "Installing the libraries"
	@$(PIP) $(LOCKED) requirements/base.txt
	@touch $@

$(STAMPS)/dev: requirements/dev.txt $(STAMPS)/base
	@echo "Installing the libraries of tests and checks"
	@$(PIP) $(LOCKED) requirements/dev.txt
	@touch $@

$(STAMPS)/project: pyproject.toml $(STAMPS)/base
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# ---------------------------------------------------------------- assets

# Without Node, or without its registry, the portal still works: system fonts, plain text areas.
assets:
	@if command -v npm >/dev/null 2>&1; then \
	  $(MAKE) --no-print-directory --silent $(VENDOR)/.complete || \
	    echo "The front-end packages could not be fetched: the portal goes on with system fonts and plain text areas." >&2; \
	elif [ ! -e $(VENDOR)/.complete ]; then \
	  echo "Node was not found: the portal goes on with system fonts and plain text areas."; \
	fi

$(VENDOR)/.complete: package-lock.json assets/noto-serif-tibetan.css
	@echo "Fetching the Tibetan font, the editor and the uploader"
	@npm ci --ignore-scripts --no-audit --no-fund --silent
	@rm -rf $(VENDOR) && mkdir -p $(VENDOR)
	@cp node_modules/@fontsource/noto-serif-tibetan/files/noto-serif-tibetan-tibetan-400-normal.woff2 \
	  $(VENDOR)/noto-serif-tibetan-400.woff2
	@cp node_modules/@fontsource/noto-serif-tibetan/LICENSE $(VENDOR)/noto-serif-tibetan-LICENSE.txt
	@cp node_modules/trix/dist/trix.umd.min.js $(VENDOR)/trix.js
	@cp node_modules/trix/dist/trix.css $(VENDOR)/trix.css
	@cp node_modules/trix/LICENSE $(VENDOR)/trix-LICENSE.txt
	@cp node_modules/tus-js-client/dist/tus.min.js $(VENDOR)/tus.js
	@cp node_modules/tus-js-client/LICENSE $(VENDOR)/tus-LICENSE.txt
	@cp assets/noto-serif-tibetan.css $(VENDOR)/noto-serif-tibetan.css
	@touch $@

# ---------------------------------------------------------------- catalogues

catalogues: $(COMPILED)
	@:

%.mo: %.po | $(STAMPS)/base
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@ --locale $(notdir $(patsubst %/LC_MESSAGES/,%,$(dir $<)))

# Bring the catalogues up to what code and templates say now. New texts come in empty and the suite names them.
extract: env
	$(BIN)/pybabel --quiet extract --mapping-file babel.cfg --keyword _l --keyword lazy_gettext --no-location \
	  --sort-output --omit-header --output-file translations/messages.pot .
	@for locale in zh_Hans_CN bo_CN; do \
	  if [ -e translations/$$locale/LC_MESSAGES/messages.po ]; then act=update; more="--no-fuzzy-matching --ignore-obsolete"; \
	  else act=init; more=; fi; \
	  $(BIN)/pybabel --quiet $$act --input-file translations/messages.pot --output-dir translations --locale $$locale \
	    --no-wrap $$more || exit 1; \
	done

# ---------------------------------------------------------------- lock

# From the public index alone, so that the hashes are those of everybody's files, for every platform.
COMPILE := CUSTOM_COMPILE_COMMAND="make lock" PIP_CONFIG_FILE=/dev/null PIP_FIND_LINKS= PIP_EXTRA_INDEX_URL= \
  $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links \
  --no-emit-trusted-host

lock: env-dev
	$(COMPILE) --only-build-deps --build-deps-for editable --output-file requirements/build.txt pyproject.toml
	$(COMPILE) --output-file requirements/base.txt pyproject.toml
	$(COMPILE) --extra test --extra lint --extra lock --constraint requirements/base.txt \
	  --output-file requirements/dev.txt pyproject.toml
	npm install --package-lock-only --ignore-scripts --no-audit --no-fund

clean:
	rm -rf .venv node_modules $(VENDOR) $(COMPILED)
