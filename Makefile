# `make help` lists the targets. A machine needs make, bash and Python 3.11 or later; the rest is installed into .venv.

PYTHON ?= python3
VENV ?= .venv
SPARK := build/spark
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
RUBRIC ?= rubrics/yuhua/2019.rubric
DATA ?= rubrics/yuhua/2019-science-bureau.yaml
LOCK_FLAGS ?=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check coverage slow spark mutation bench reference wheel-test lock clean $(VENV)

help: ## list the targets
	@awk -F ':.*## ' '/^[a-zA-Z$$()_-]+:.*## / { sub(/\$$\(VENV\)/, "$(VENV)", $$1); printf "%-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# Installing the package makes the grammar's tables, so it is installed again when what they are made from has changed.
TABLE_SOURCES := hatch_build.py grammars/rubric.lark rubric_dsl/syntax/tables.py rubric_dsl/syntax/table_builder.py
SOURCES := $(shell find rubric_dsl cli -name '*.py')

# A new lock makes the environment anew, a changed pyproject.toml only installs the package again.
$(VENV): $(VENV)/stamp-compiled ## set up the environment

$(VENV)/stamp-lock: requirements-dev.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed")'
	$(PYTHON) -m venv --clear $(VENV)
	$(PIP) install -qq --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/stamp-package: $(VENV)/stamp-lock pyproject.toml $(TABLE_SOURCES)
	$(PIP) install -qq --no-deps --no-build-isolation --editable .
	$(PIP) check
	@touch $@

# Where PYTHONDONTWRITEBYTECODE is set, every start would compile the package anew.
$(VENV)/stamp-compiled: $(VENV)/stamp-package $(SOURCES)
	$(BIN)/python -m compileall -q rubric_dsl cli/rubric_cli
	@touch $@

# `rubric audit` ends with 1 when a claim does not stand, as here.
demo: $(VENV)/stamp-compiled ## audit a real submission
	$(BIN)/rubric audit $(RUBRIC) $(DATA) || test $$? -eq 1

test: $(VENV)/stamp-package ## run the tests, the slow ones left out
	$(BIN)/pytest -n auto -q

check: $(VENV)/stamp-package ## lint, formatting, types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

coverage: $(VENV)/stamp-package ## run the tests and measure what they reach
	$(BIN)/pytest -n auto --cov --cov-report=term

# pytest ends with 5 when nothing is marked slow.
slow: $(VENV)/stamp-package ## run the slow tests
	$(BIN)/pytest -n auto -m slow || test $$? -eq 5

# pyspark is half a gigabyte and wants another pandas than the other tests have, so it has an environment of its own. It
# needs Java 17 or later; without it the tests say that they were skipped.
spark: $(SPARK)/stamp-package ## run the tests of Spark on this machine
	$(SPARK)/bin/python -m pytest -q -p no:cacheprovider tests/sql/test_spark.py

$(SPARK)/stamp-package: requirements-spark.lock pyproject.toml $(TABLE_SOURCES)
	$(PYTHON) -m venv --clear $(SPARK)
	$(SPARK)/bin/python -m pip --disable-pip-version-check install -qq --require-hashes -r requirements-spark.lock
	$(SPARK)/bin/python -m pip --disable-pip-version-check install -qq --no-deps --no-build-isolation --editable .
	@touch $@

# A tool for once in a while, so it is no requirement of the tests. PARTS="ranges checks" runs some of the parts.
mutation: $(VENV)/stamp-package ## change the program, one spot at a time, and count the changes that no test notices
	$(PIP) install -qq 'mutmut>=3.8,<4'
	$(BIN)/python tools/mutation.py $(PARTS)

# The contenders are no requirement of anything else.
bench: $(VENV)/stamp-compiled ## time it beside other ways, in one run (about ten minutes, 16 GB)
	$(PIP) install -qq -r bench/requirements.txt
	$(BIN)/python bench/single.py
	$(BIN)/python bench/tables.py
	$(BIN)/python bench/start_up.py
	$(BIN)/python bench/compile_time.py

reference: $(VENV)/stamp-package ## write the messages into the pages of codes, and docs/reference
	$(BIN)/python tools/make_reference.py

wheel-test: $(VENV)/stamp-package ## build the wheel and try it outside the checkout
	tools/wheel_test.sh $(BIN)/python $(RUBRIC) $(DATA)

# Pins stay as they are while they satisfy pyproject.toml; `make lock LOCK_FLAGS=--upgrade` takes the newest.
lock: ## write requirements*.lock from pyproject.toml
	tools/lock.sh $(PYTHON) $(LOCK_FLAGS)

clean: ## remove whatever the other targets made
	rm -rf $(VENV) build dist mutants grammars/*.tables.json .coverage .coverage.* htmlcov .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
