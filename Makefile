# Everything a newcomer types. `make help` lists it. Needs Python 3.11 or newer and make; all else comes from the lock file.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCKED := $(VENV)/.locked
PORT ?= 8000
export PORT
SEED ?= 1
HISTORIES ?= 1000

.DEFAULT_GOAL := help
.PHONY: help setup demo test simulate check serve work chat bench docs lock

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(LOCKED) ## install what the lock file pins, into .venv

$(LOCKED): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Guestpay needs Python 3.11 or newer")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes -r requirements.lock
	@touch $@

demo: $(LOCKED) ## the whole thing on this machine, with a phone to text from; PORT= moves it
	@exec $(BIN)/python -m sandbox.demo

test: $(LOCKED) ## all the tests
	$(BIN)/python -m pytest $(ARGS)

simulate: $(LOCKED) ## the program in a simulated world where all goes wrong; SEED= HISTORIES= (docs/simulation.md)
	$(BIN)/python -m tests.simulation --seed $(SEED) --histories $(HISTORIES) $(ARGS)

check: $(LOCKED) ## format, lint, types, who may import whom
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

serve: $(LOCKED) ## the web processes, from the environment alone
	@exec $(BIN)/gunicorn --config config/gunicorn.py wsgi:app

work: $(LOCKED) ## the worker and its schedule, from the environment alone
	@exec $(BIN)/celery --quiet --app config.worker:app worker --beat --without-mingle --without-gossip --loglevel WARNING --schedule "$$(mktemp -d)/schedule"

chat: $(LOCKED) ## talk to the bot in this terminal; prints the transcript to keep
	@exec $(BIN)/python -m tests.chat

bench: $(LOCKED) ## measure, beside a floor in the same run; ARGS=--keep writes docs/performance.md
	$(BIN)/python -m bench.run $(ARGS)

docs: $(LOCKED) ## draw the state diagrams and count the segments, from the code
	$(BIN)/python -m docs.draw

lock: $(LOCKED) ## pin every dependency again
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --group dev pyproject.toml -o requirements.lock
