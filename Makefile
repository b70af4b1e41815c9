# `make demo` and `make test` do everything on a fresh machine: environment, packages, main job.

# The first of these that runs and is new enough (a name on the PATH may be an empty shim).
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' >/dev/null 2>&1 \
	&& command -v $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
RECIPE := pyproject.toml constraints.txt

.PHONY: help demo home results microcontroller docs notebooks test test-slow reliability mutants lint format bench rivals clean python-found

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

demo: .venv/.demo ## Lab 1 on the smartwatch data, Lab 2 and two days of the fusion on simulated people: to one page
	$(BIN)/python examples/lab1_activity_recognition.py --out demo
	$(BIN)/python examples/lab2_fall_detection.py --data simulated --quick --out demo/lab2
	$(BIN)/python examples/fusion.py --data simulated --quick --out demo/fusion
	$(BIN)/python examples/report.py demo

home: .venv/.home ## a care home, live: simulated residents, alarms, and the page of the staff at the address it prints
	$(BIN)/python -m examples.care_home home

results: .venv/.demo ## the models of the fusion, unless they are trained, and 30 whole days (at most three hours; goes on where it was)
	$(BIN)/python examples/train_models.py --cache results
	$(BIN)/python examples/fusion.py --data simulated --out results

microcontroller: .venv/.demo ## from the smartwatch data to C: choose within a budget, export, run on emulated processors
	$(BIN)/python examples/microcontroller.py --out results/microcontroller

docs: .venv/.docs ## the documentation as a site: build/site/index.html
	$(BIN)/python docs/building/rooms.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict -q

notebooks: .venv/.docs ## both labs as notebooks: docs/notebooks, and run, with figures, in results/notebooks
	$(BIN)/python docs/building/notebooks.py --run results/notebooks

test: .venv/.dev ## all tests but the long ones
	NUMBA_DISABLE_JIT=1 $(BIN)/python -m pytest -q tests/har/dtw/test_distance.py tests/har/dtw/test_search.py tests/har/dtw/test_learning.py
	$(BIN)/python -m pytest -m "not slow" --numprocesses auto --maxprocesses 4 --dist loadfile

test-slow: .venv/.dev ## the long tests: trainings on measured data
	$(BIN)/python -m pytest -m slow

reliability: .venv/.dev ## run the tests of what the library promises, and write docs/reliability.md
	$(BIN)/python -m pytest -q -m "promise and not slow" --reliability docs/reliability.md tests

ROOM ?= alarms
SAMPLE ?= 200
SEED ?= 0
mutants: .venv/.dev ## mutate ROOM=alarms, evaluation, fusion or dtw, test SAMPLE=200 of the mutants, list the survivors
	$(BIN)/python -m tests.mutation $(ROOM) --sample $(SAMPLE) --seed $(SEED)

lint: .venv/.dev ## style, types, and the rules between the packages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/.dev ## rewrite the files in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv-bench/.bench .venv-wildboar/.bench ## speed beside the other libraries (MOTIONSENSE=PATH: on measured data too)
	.venv-bench/bin/python -m tests.benchmarks --wildboar .venv-wildboar/bin/python $(if $(MOTIONSENSE),--motionsense $(MOTIONSENSE))

rivals: .venv/.dev .venv-rivals/.rivals ## accuracy beside other methods: DATA=PATH holds the data sets (many hours; goes on where it was)
	@test -n "$(DATA)" || { echo "make rivals needs DATA=PATH, the folder of all data sets; see docs/data.md"; exit 1; }
	$(BIN)/python -m tests.benchmarks.rivals --data $(DATA) --aeon .venv-rivals/bin/python

clean: ## remove environments, caches and results
	rm -rf .venv .venv-bench .venv-wildboar .venv-rivals .nox mutants build dist demo results .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

python-found:
	@test -n "$(PYTHON)" || { echo "No Python 3.11, 3.12 or 3.13 with venv found. Install one, for example: apt-get install python3 python3-venv (Debian 12+, Ubuntu 24.04+), brew install python@3.12 (macOS), or see python.org/downloads"; exit 1; }

.venv/.python: | python-found
	@echo "Making .venv with $(PYTHON)"
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/.demo: .venv/.python $(RECIPE)
	@echo "Installing both tracks (a few minutes: TensorFlow is large)"
	$(PIP) install -c constraints.txt -e '.[demo,vision]'
	@touch $@

.venv/.home: .venv/.python $(RECIPE)
	@echo "Installing the care home"
	$(PIP) install -c constraints.txt -e '.[home]'
	@touch $@

.venv/.docs: .venv/.python $(RECIPE)
	@echo "Installing both tracks and the documentation's tools (a few minutes: TensorFlow is large)"
	$(PIP) install -c constraints.txt -e '.[data,docs]'
	@touch $@

.venv/.dev: .venv/.python $(RECIPE)
	@echo "Installing both tracks and the developers' tools (a few minutes: TensorFlow is large)"
	$(PIP) install -c constraints.txt -e '.[all,dev]'
	@touch $@ .venv/.demo .venv/.home .venv/.docs

.venv-bench/.bench: tests/benchmarks/requirements.txt pyproject.toml | python-found
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip --disable-pip-version-check -q install -r tests/benchmarks/requirements.txt -e '.[data]'
	@touch $@

.venv-wildboar/.bench: tests/benchmarks/requirements-wildboar.txt | python-found
	$(PYTHON) -m venv .venv-wildboar
	.venv-wildboar/bin/python -m pip --disable-pip-version-check -q install -r tests/benchmarks/requirements-wildboar.txt
	@touch $@

.venv-rivals/.rivals: tests/benchmarks/requirements-rivals.txt | python-found
	$(PYTHON) -m venv .venv-rivals
	.venv-rivals/bin/python -m pip --disable-pip-version-check -q install -r tests/benchmarks/requirements-rivals.txt
	@touch $@
