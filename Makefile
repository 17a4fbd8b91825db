# What a developer runs. `make setup` and `make demo` are all that a newcomer needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed

.PHONY: setup demo workbench test lint golden docs evaluate bench clean

setup: $(INSTALLED)  ## a virtual environment with detente and what its tests need

$(INSTALLED): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("detente needs Python 3.11 or newer: make setup PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@
	@echo "detente is installed: try $(BIN)/detente --help, or make demo"

demo: setup  ## one article read, as a table and as a page
	$(BIN)/detente read examples/strait.txt --published 2026-03-14
	@mkdir -p build
	$(BIN)/detente read examples/strait.txt --published 2026-03-14 --format html --output build/strait.html
	@echo "The page is build/strait.html"
	@echo "To open the workbench over this and other articles: make workbench"

workbench: setup  ## a store of the articles in examples/, served: pages and a REST API at the address that it says
	@mkdir -p build
	$(BIN)/detente ingest examples/archive.jsonl examples/retold.jsonl examples/strait.txt --published 2026-03-14 --today 2026-11-30 --store build/workbench
	$(BIN)/detente stories --store build/workbench > build/stories.txt
	$(BIN)/detente serve --store build/workbench

test: setup lint  ## lint, types, then every test, a file at a time to each of two processes
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

lint: setup  ## rules and types
	$(BIN)/ruff check .
	$(BIN)/mypy

golden: setup  ## rewrite tests/golden; read the diff before you commit it
	$(BIN)/python -m tests.stages

docs: setup  ## print what the docs take from the code
	$(BIN)/python docs/print_cli.py
	$(BIN)/python docs/print_ontology.py
	$(BIN)/python docs/print_flow.py
	$(BIN)/python docs/print_tables.py
	$(BIN)/python docs/print_answers.py

evaluate: setup  ## score the program on the gold beside this repository, and hold it to its floors
	$(BIN)/python -m evaluation.events

bench: setup  ## speed and memory
	$(BIN)/python -m benchmarks.speed

clean:  ## everything that these commands made
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .hypothesis
