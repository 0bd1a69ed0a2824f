# `make run` and `make test` are all that a newcomer needs; `make help` lists the rest.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
# A PostgreSQL address needs its driver; everything else comes with the demo's lock.
RUN_LOCKS := demo $(if $(findstring postgres,$(TSUNAGU_DATABASE_URL)),postgres)
CHECK_DATABASE := sqlite+aiosqlite:///var/check/tsunagu.db

# Tests over the wire, which begin, wait for timers most of their time: three processes for each core.
TEST_PROCESSES ?= $(shell $(PYTHON) -c "import os; print((os.cpu_count() or 1) * 3)")

.DEFAULT_GOAL := help
.PHONY: help run test check format bench catalogue reference lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(RUN_LOCKS:%=$(VENV)/.installed-%) ## the bot: the demo in your browser, or Discord if DISCORD_TOKEN is set
	@if [ -n "$$DISCORD_TOKEN" ]; then exec $(BIN)/python -m bot run; else exec $(BIN)/python -m bot demo; fi

test: $(VENV)/.installed-dev ## the whole test suite
	@$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist load --maxschedchunk 1

check: $(VENV)/.installed-dev ## style, types, structure, schema and catalogue
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture
	$(BIN)/hadolint Dockerfile
	@rm -rf var/check && mkdir -p var/check
	TSUNAGU_DATABASE_URL=$(CHECK_DATABASE) $(BIN)/python -m bot migrate
	TSUNAGU_DATABASE_URL=$(CHECK_DATABASE) $(BIN)/alembic check
	$(BIN)/python -m pytest -q -p no:cacheprovider tests/codebase

format: $(VENV)/.installed-dev ## put the code in shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.installed-dev ## speed, as ratios within one run; also in var/bench.json
	@$(BIN)/python -m benchmarks

catalogue: $(VENV)/.installed-dev ## bring the Japanese catalogue up to date with the code
	@mkdir -p var
	$(BIN)/pybabel -q extract -F pyproject.toml -k N_ -k words -k say -k plural:1,2 -k named:1c,2 --omit-header --sort-output --no-location -o var/bot.pot bot cogs
	$(BIN)/pybabel -q update -i var/bot.pot -D bot -d bot/locales -l ja --omit-header --no-fuzzy-matching --ignore-obsolete -w 120

reference: $(VENV)/.installed-dev ## write the command reference of the documentation anew
	@for language in ja en; do $(BIN)/python -m bot commands --language $$language > docs/commands.$$language.md; done

lock: $(VENV)/.installed-dev ## make the locks anew from pyproject.toml (needs uv)
	$(call compile,--all-extras,dev)
	$(call compile,-c requirements/dev.txt,base)
	$(call compile,--extra demo -c requirements/dev.txt,demo)
	$(call compile,--extra postgres -c requirements/dev.txt,postgres)
	$(call compile,--extra s3 -c requirements/dev.txt,s3)

define compile
uv pip compile pyproject.toml $(1) -o requirements/$(2).txt --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --quiet
endef

clean: ## forget the environment and all local data
	rm -rf $(VENV) var

# One stamp per lock: nothing is asked of the network while the lock stays as it is.
$(VENV)/.installed-%: requirements/%.txt | $(BIN)/python
	@echo "Installing $< (once; it may take a minute) ..."
ifneq ($(UV),)
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r $<
else
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r $<
endif
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Tsunagu needs Python 3.11 or newer. Name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
ifneq ($(UV),)
	@$(UV) venv --quiet --python $(PYTHON) $(VENV)
else
	@$(PYTHON) -m venv $(VENV) \
		|| { rm -rf $(VENV); echo "$(PYTHON) can't make an environment. On Debian: apt install python3-venv"; exit 2; }
endif
