# `make` lists the targets. Each one installs what it needs, once, and again when a lock file changes.
# Variables: PYTHON (which interpreter), NO_UV=1 (use pip), JOBS (test processes), TESTS (which tests).

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

JOBS ?= 2
TESTS ?= tests
export PYTHON NO_UV

RUN := PYTHONPATH=generator .venv/bin/python
ISOTYPE := $(RUN) -m isotype
STAMPS := .venv/.stamps
# An environment whose interpreter is gone is made again, whatever its stamps say.
BROKEN := $(shell [ -x .venv/bin/python ] || echo broken)

.PHONY: help generate check serve test lint pytest majors test-timescale bench mutations proof picture format lock clean broken

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' Makefile | awk -F'|' '{ printf "%-17s %s\n", $$1, $$2 }'

generate: $(STAMPS)/generate ## Compile every schema into generated/
	@$(ISOTYPE) generate

check: $(STAMPS)/generate ## Say whether generated/ is what the schemas say
	@$(ISOTYPE) check

serve: $(STAMPS)/service ## Start the compression platform, its page included: make serve OPTIONS='--port 9000'
	@.make/setup page
	@.venv/bin/python -m examples.compression.server $(OPTIONS)

test: lint pytest ## Run everything: linters, types, tests on real engines, the full check
	@$(ISOTYPE) check --full

lint: $(STAMPS)/dev ## Lint and type-check the code, and lint the schemas
	@.venv/bin/ruff check --quiet
	@.venv/bin/ruff format --check --quiet
	@.venv/bin/mypy --no-error-summary
	@said=$$(PYTHONPATH=generator .venv/bin/lint-imports --no-logo 2>&1) || { echo "$$said"; exit 1; }
	@$(ISOTYPE) lint

pytest: $(STAMPS)/dev $(STAMPS)/node $(STAMPS)/browser ## Run the tests: make pytest TESTS=tests/language JOBS=4
	@.venv/bin/python -m pytest -q -n $(JOBS) $(TESTS)

majors: $(STAMPS)/majors ## Bring PostgreSQL 14 and 17, which the tests then ask too (Linux on x64)

test-timescale: $(STAMPS)/dev $(STAMPS)/node ## Build TimescaleDB (on Debian), and test what the schemas make of it
	@.make/timescale
	@.venv/bin/python -m pytest -q -rs -m timescale tests/timescale

bench: $(STAMPS)/dev $(STAMPS)/node $(STAMPS)/peers ## Measure speed and memory beside the peers
	@PYTHONPATH=generator:. .venv/bin/python -m bench

mutations: $(STAMPS)/dev $(STAMPS)/node $(STAMPS)/peers ## Ask drift about every change of a database, an API and a frontend, beside the peers
	@PYTHONPATH=generator:. .venv/bin/python -m bench mutations apis calls types

proof: $(STAMPS)/dev $(STAMPS)/node ## Break every layer in every place, and ask whether verify finds it (more than an hour)
	@PYTHONPATH=generator:. PROVED=1 .venv/bin/python -m bench verify

picture: $(STAMPS)/dev $(STAMPS)/node $(STAMPS)/browser ## Take the picture of the page that the README shows
	@$(RUN) -m tests.page.picture

format: $(STAMPS)/dev ## Format the code and apply the linter's safe repairs
	@.venv/bin/ruff check --quiet --fix-only
	@.venv/bin/ruff format --quiet

lock: ## Bring the lock files in line with pyproject.toml and package.json (needs uv and npm)
	@.make/lock

clean: ## Remove everything that can be made again
	@rm -rf .venv .cache .isotype node_modules dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMPS)/generate: requirements/generate.txt .make/setup $(BROKEN)
$(STAMPS)/service: requirements/service.txt .make/setup $(BROKEN)
$(STAMPS)/dev: requirements/dev.txt requirements/engines.txt pyproject.toml .make/setup $(BROKEN)
$(STAMPS)/node: package-lock.json requirements/node.txt .make/setup $(BROKEN) | $(STAMPS)/dev
$(STAMPS)/browser: .make/setup $(BROKEN) | $(STAMPS)/dev
$(STAMPS)/peers: requirements/peers.txt requirements/peers/package-lock.json .make/setup $(BROKEN) | $(STAMPS)/dev
$(STAMPS)/majors: requirements/postgres/package-lock.json .make/setup $(BROKEN) | $(STAMPS)/dev

$(STAMPS)/%:
	@.make/setup $*
	@mkdir -p $(STAMPS) && touch $@
