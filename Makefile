# Two commands matter: `make run` and `make test`. `make help` lists the others.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DATA   := $(or $(MATCHMAKER_DATA_DIR),var)
STORE  ?= sqlite
HEAP   ?= 1g

export MATCHMAKER_DATA_DIR := $(DATA)
ifdef PORT
export MATCHMAKER_PORT := $(PORT)
endif
ifdef HOST
export MATCHMAKER_HOST := $(HOST)
endif

# uv fetches and unpacks several packages at once, in a fifth of the processor time that pip takes;
# pip does it where its own settings name another index or a proxy, and where uv cannot be had.
UV := $(VENV)/.uv/bin/uv
define INSTALL
	@if ! $(BIN)/python -m pip config list | grep -qE 'index|proxy' \
			&& { [ -x $(UV) ] || $(BIN)/python -m pip install --quiet --disable-pip-version-check --target $(VENV)/.uv uv; } 2>/dev/null \
			&& env $${PIP_FIND_LINKS:+UV_FIND_LINKS="$$PIP_FIND_LINKS"} $${PIP_CERT:+SSL_CERT_FILE="$$PIP_CERT"} \
				$(UV) pip install --quiet --python $(BIN)/python -r $(1); then :; \
		else $(BIN)/python -m pip install --quiet --disable-pip-version-check -r $(1); fi
endef

# uv compiles nothing. What a server and its work import is compiled once here, and not by the
# first ones side by side, nor by each one where the environment forbids to keep it.
COMPILE := env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -W ignore -c 'import matchmaker.app, matchmaker.cli, \
	matchmaker.embedding.bert, sklearn.ensemble, sknetwork.ranking, matplotlib.figure, weasyprint, \
	openpyxl' >/dev/null 2>&1 || true

# Stamps carry the hash of the pins: an environment is made again only when they change.
STAMP     := $(VENV)/.installed-$(shell cat requirements.txt pyproject.toml | cksum | cut -d' ' -f1)
DEV_STAMP := $(VENV)/.installed-dev-$(shell cat requirements-dev.txt pyproject.toml | cksum | cut -d' ' -f1)

.PHONY: help
help: ## List the commands
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Matchmaker needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 …" >&2; exit 1; }
	@echo "Making the virtual environment in $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(STAMP): requirements.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing the pinned dependencies (PyTorch is large: some minutes the first time) …"
	$(call INSTALL,requirements.txt)
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@$(COMPILE)
	@rm -f $(VENV)/.installed-[0-9]* && touch $@

$(DEV_STAMP): requirements-dev.txt $(STAMP)
	@echo "Installing the development tools …"
	$(call INSTALL,requirements-dev.txt)
	@rm -f $(VENV)/.installed-dev-* && touch $@

# The pages' libraries; without Node the pages work too, with tables where pictures would be.
WEB_STAMP := node_modules/.copied-$(shell cat package-lock.json | cksum | cut -d' ' -f1)

$(WEB_STAMP): package.json package-lock.json | $(STAMP)
	@if command -v npm >/dev/null; then \
		echo "Installing the pages' libraries …"; \
		npm ci --silent --no-audit --no-fund --ignore-scripts \
			&& $(BIN)/python -m matchmaker.web.vendoring node_modules \
			&& rm -f node_modules/.copied-* && touch $@ \
			|| echo "The pages' libraries could not be fetched: no pictures, tables instead." >&2; \
	else \
		echo "Node is not installed: no pictures in the pages, tables instead." >&2; \
	fi

.PHONY: pages
pages: $(WEB_STAMP) ## Fetch the libraries of the pages (needs Node)

.PHONY: install
install: $(STAMP) $(WEB_STAMP) ## Set up only; the command is then .venv/bin/matchmaker

# `make run` is for trying things: sample accounts, unless it is to serve other machines.
SERVED_ON := $(or $(HOST),$(MATCHMAKER_HOST),127.0.0.1)
run: export MATCHMAKER_DEMO := $(or $(MATCHMAKER_DEMO),$(if $(filter 127.0.0.1 localhost ::1,$(SERVED_ON)),true,false))

.PHONY: run
run: $(STAMP) $(WEB_STAMP) ## Set up, load the sample graph and serve; STORE=neo4j for a real Neo4j, PORT=, HOST=
ifeq ($(STORE),neo4j)
	@$(BIN)/python -m tools.neo4j.server --home $(DATA)/neo4j --heap $(HEAP) -- \
		$(SHELL) -c '$(BIN)/matchmaker setup && exec $(BIN)/matchmaker serve'
else ifeq ($(STORE),sqlite)
	@$(BIN)/matchmaker setup && exec $(BIN)/matchmaker serve
else
	@echo "STORE=$(STORE) is unknown: use STORE=sqlite or STORE=neo4j." >&2; exit 2
endif

.PHONY: neo4j
neo4j: $(STAMP) ## Start the real Neo4j server alone, on loopback
	@$(BIN)/python -m tools.neo4j.server --home $(DATA)/neo4j --heap $(HEAP)

.PHONY: lint
lint: $(DEV_STAMP) ## Lint, formatting, import contracts, unused dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/deptry matchmaker

.PHONY: types
types: $(DEV_STAMP) ## Static types
	$(BIN)/mypy

# What the PDF report needs of the system: Pango, and a font that has Chinese.
.PHONY: system
system: ## Install what PDF reports need of the system, where it is missing (Debian, as root)
	@if ldconfig -p | grep -q libpangoft2-1.0 && fc-list :lang=zh 2>/dev/null | grep -q .; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Pango and a font for Chinese …"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			libpango-1.0-0 libpangoft2-1.0-0 fontconfig fonts-noto-cjk >/dev/null; \
	else \
		echo "PDF reports need Pango and a font for Chinese; on Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0 fontconfig fonts-noto-cjk" >&2; \
	fi

# The pages are tested in a real browser: in Chromium without its window, which takes a third less
# of the processor, where the system has that.
.PHONY: browser
browser: ## Install Chromium for the tests of the pages, where it is missing (Debian, as root)
	@if command -v chromium >/dev/null || command -v chromium-browser >/dev/null; then \
		if command -v chromium-headless-shell >/dev/null; then exit 0; fi; \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
				chromium-headless-shell >/dev/null 2>&1 || true; \
		fi; \
		exit 0; \
	fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium …"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			chromium fonts-noto-cjk >/dev/null \
			&& { apt-get install -y -qq --no-install-recommends chromium-headless-shell >/dev/null 2>&1 || true; }; \
	else \
		echo "The tests of the pages need Chromium; on Debian: apt-get install chromium fonts-noto-cjk" >&2; \
	fi

# `python -m benchmarks.faults clock` sets the clock of the commands it runs.
.PHONY: faketime
faketime: ## Install what sets a process's clock for the faults tried, where it is missing (Debian, as root)
	@if command -v faketime >/dev/null; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing faketime …"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			faketime >/dev/null; \
	else \
		echo "A skewed clock needs faketime; on Debian: apt-get install faketime" >&2; \
	fi

# What several nodes share is tested at a real server, and skipped where there is none.
.PHONY: redis
redis: ## Install the server that several nodes share, where it is missing (Debian, as root)
	@if command -v redis-server >/dev/null || command -v valkey-server >/dev/null; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing redis-server …"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			redis-server >/dev/null || true; \
	else \
		echo "The tests of several nodes need redis-server; on Debian: apt-get install redis-server" >&2; \
	fi

# The object store excludes versions that we need: an environment of its own.
OBJECTS := $(VENV)-object-store

$(OBJECTS)/bin/moto_server: tools/object_store.txt | $(VENV)/bin/python
	@echo "Installing an object store for the test of several nodes …"
	@$(PYTHON) -m venv $(OBJECTS)
	@$(OBJECTS)/bin/python -m pip install --quiet --disable-pip-version-check -r tools/object_store.txt
	@touch $@

.PHONY: test-cluster
test-cluster: redis $(DEV_STAMP) $(OBJECTS)/bin/moto_server ## Three nodes under load; one is killed, Redis too, one joins; STORE=neo4j
	@command -v haproxy >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get install -y -qq --no-install-recommends haproxy >/dev/null; } \
		|| { echo "The test of several nodes needs haproxy; on Debian: apt-get install haproxy" >&2; exit 1; }
	MOTO_SERVER=$(abspath $(OBJECTS))/bin/moto_server $(BIN)/pytest tests/nodes
	env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m benchmarks.nodes --store $(STORE) --moto $(abspath $(OBJECTS))/bin/moto_server

# More workers than cores (tests/conftest.py); each file stays on one of them.
# They start many processes: what was compiled once is read again, whatever the environment says.
PYTEST := env -u PYTHONDONTWRITEBYTECODE MATCHMAKER_DATA_DIR=$(DATA) OMP_NUM_THREADS=1 $(BIN)/pytest -n auto --dist loadgroup --no-loadscope-reorder

.PHONY: test
test: ## Everything that CI runs
	@$(MAKE) --no-print-directory -j3 machine $(WEB_STAMP) lint types
	$(PYTEST) -m "not long"

# One after the other: each of them locks the system's list of packages.
.PHONY: machine
machine:
	@MAKEFLAGS= $(MAKE) --no-print-directory system redis browser

.PHONY: test-fast
test-fast: $(DEV_STAMP) ## The quick tests: without Neo4j, browser, model and training
	$(PYTEST) -m "not long and not neo4j and not browser and not slow"

.PHONY: test-long
test-long: system browser $(DEV_STAMP) $(WEB_STAMP) ## Every test, the long matrices whole
	$(PYTEST) --hypothesis-profile=long

.PHONY: mutants
mutants: $(DEV_STAMP) ## Change what is decided a thousandfold: which changes do the quick tests miss?
	$(BIN)/mutmut run --max-children 2 && $(BIN)/mutmut results

.PHONY: translations
translations: $(DEV_STAMP) ## Sort the catalogues; list what they lack
	$(BIN)/python -m tools.translations

.PHONY: licences
licences: $(DEV_STAMP) ## Hold the licences of the default install against ours
	$(BIN)/python -m tools.licences

.PHONY: audit-dependencies
audit-dependencies: $(DEV_STAMP) ## Known vulnerabilities of the pins and of the pages' libraries (asks the network)
	$(BIN)/pip-audit --strict --requirement requirements.txt
	@if command -v npm >/dev/null; then npm audit --omit=dev; else echo "Node is not installed: the pages' libraries were not audited." >&2; fi

.PHONY: overdue
overdue: $(DEV_STAMP) ## Pins that have been behind for over 90 days (asks the package index)
	$(BIN)/python -m tools.overdue

.PHONY: sbom
sbom: $(DEV_STAMP) ## What the default install consists of, as CycloneDX (sbom.json)
	$(BIN)/cyclonedx-py requirements requirements.txt --pyproject pyproject.toml --output-reproducible -o sbom.json

.PHONY: pins
pins: $(VENV)/bin/python ## Compile requirements*.txt anew from pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile -q --python-version 3.11 --python-platform linux -o requirements.txt pyproject.toml
	$(BIN)/uv pip compile -q --python-version 3.11 --python-platform linux --extra dev -c requirements.txt -o requirements-dev.txt pyproject.toml

.PHONY: clean
clean: ## Remove the environment and caches, never the data in var/
	rm -rf $(VENV) $(OBJECTS) node_modules matchmaker/web/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
