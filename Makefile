# `make help` lists the targets. A machine needs make, bash and Python 3.11 or later; the rest is installed into .venv.

PYTHON ?= python3
VENV ?= .venv
SPARK := build/spark
BENCH := build/bench
DOCS := build/docs
SCHEMATHESIS := build/schemathesis
BIN := $(VENV)/bin
RUBRIC ?= rubrics/yuhua/2019.rubric
DATA ?= rubrics/yuhua/2019-science-bureau.yaml
LOCK_FLAGS ?=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check coverage slow laws spark resolutions mutation bench reference docs docs-links wheel-test types-test consumers service-test install-test lock clean $(VENV)

help: ## list the targets
	@awk -F ':.*## ' '/^[a-zA-Z$$()_-]+:.*## / { sub(/\$$\(VENV\)/, "$(VENV)", $$1); printf "%-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# $(call locked,ENVIRONMENT,FILE): a lock lists everything, so pip installs what it lists and looks for nothing more. Left to
# itself it looks beyond a pin wherever one package asks for an extra of another, and stops at the first newer release.
# What is built from source is built with what has been installed before it, not with the newest.
pip = $(1)/bin/python -m pip --disable-pip-version-check
locked = $(pip) install -qq --no-deps --no-build-isolation --use-pep517 --require-hashes -r $(2)
package = $(pip) install -qq --no-deps --no-build-isolation --editable . && $(pip) check

# Installing the package makes the grammar's tables, so it is installed again when what they are made from has changed.
TABLE_SOURCES := hatch_build.py grammars/rubric.lark rubric_dsl/syntax/tables.py rubric_dsl/syntax/table_builder.py
SOURCES := $(shell find rubric_dsl cli -name '*.py')

# A new lock makes the environment anew, a changed pyproject.toml only installs the package again.
$(VENV): $(VENV)/stamp-compiled ## set up the environment

$(VENV)/stamp-lock: requirements-dev.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed")'
	$(PYTHON) -m venv --clear $(VENV)
	$(call locked,$(VENV),requirements-dev.lock)
	@touch $@

$(VENV)/stamp-package: $(VENV)/stamp-lock pyproject.toml $(TABLE_SOURCES)
	$(call package,$(VENV))
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

laws: $(VENV)/stamp-package ## try the laws on all their random examples
	ALL_EXAMPLES=1 $(BIN)/pytest -n auto -q -m "hypothesis and not slow"

# pyspark is half a gigabyte and wants another pandas than the other tests have, so it has an environment of its own. It
# needs Java 17 or later; without it the tests say that they were skipped.
spark: $(SPARK)/stamp-package ## run the tests of Spark on this machine
	$(SPARK)/bin/python -m pytest -q -p no:cacheprovider tests/sql/test_spark.py

# pyspark is published as source only: setuptools, among the tools, builds it.
$(SPARK)/stamp-package: requirements-tools.lock requirements-spark.lock pyproject.toml $(TABLE_SOURCES)
	$(PYTHON) -m venv --clear $(SPARK)
	$(call locked,$(SPARK),requirements-tools.lock)
	$(call locked,$(SPARK),requirements-spark.lock)
	$(call package,$(SPARK))
	@touch $@

# RUNS="oldest newest" does some of the runs. The newest releases only report: what others publish does not decide what lands.
resolutions: ## run the tests with the oldest and the newest releases that pyproject.toml allows, and on other Pythons
	tools/resolutions.sh $(RUNS)

# A tool for once in a while, so it is no requirement of the tests. PARTS="ranges checks" runs some of the parts.
mutation: $(VENV)/stamp-package ## change the program, one spot at a time, and count the changes that no test notices
	$(call locked,$(VENV),requirements-mutation.lock)
	$(call pip,$(VENV)) check
	ALL_EXAMPLES=1 $(BIN)/python tools/mutation.py $(PARTS)

# The contenders want other releases than the tests have, so they have an environment of their own.
bench: $(BENCH)/stamp-package ## time it beside other ways, in one run (about ten minutes, 16 GB)
	$(BENCH)/bin/python bench/single.py
	$(BENCH)/bin/python bench/missing.py
	$(BENCH)/bin/python bench/tables.py
	$(BENCH)/bin/python bench/start_up.py
	$(BENCH)/bin/python bench/commands.py
	$(BENCH)/bin/python bench/compile_time.py

$(BENCH)/stamp-package: requirements-bench.lock pyproject.toml $(TABLE_SOURCES) $(SOURCES)
	$(PYTHON) -m venv --clear $(BENCH)
	$(call locked,$(BENCH),requirements-bench.lock)
	$(call package,$(BENCH))
	$(BENCH)/bin/python -m compileall -q rubric_dsl cli/rubric_cli
	@touch $@

reference: $(VENV)/stamp-package ## write the messages into the pages of codes, and docs/reference
	$(BIN)/python tools/make_reference.py

# What Sphinx needs is no requirement of the tests, so it has an environment of its own.
docs: $(DOCS)/stamp-package ## build the documentation as a site: build/site/index.html
	$(DOCS)/bin/python tools/make_site.py

docs-links: $(DOCS)/stamp-package ## ask for every address outside that the documentation links to
	$(DOCS)/bin/python tools/make_site.py --links

$(DOCS)/stamp-package: requirements-docs.lock pyproject.toml $(TABLE_SOURCES)
	$(PYTHON) -m venv --clear $(DOCS)
	$(call locked,$(DOCS),requirements-docs.lock)
	$(call package,$(DOCS))
	@touch $@

wheel-test: $(VENV)/stamp-package ## build the wheel and try it outside the checkout
	tools/wheel_test.sh $(BIN)/python $(RUBRIC) $(DATA)

types-test: $(VENV)/stamp-package ## look at the wheel as pyright does: every symbol has a type
	tools/types_test.sh $(BIN)/python

consumers: $(VENV)/stamp-package ## programs that embed the wheel, each in an environment of its own (CONSUMERS="django hooks" for some)
	tools/consumers.sh $(BIN)/python $(CONSUMERS)

service-test: $(VENV)/stamp-package $(SCHEMATHESIS)/stamp-lock ## ask the service whatever its description allows, and what it does not (schemathesis)
	tools/service_test.sh $(BIN)/python $(SCHEMATHESIS)/bin/schemathesis $(EXAMPLES)

$(SCHEMATHESIS)/stamp-lock: requirements-schemathesis.lock
	$(PYTHON) -m venv --clear $(SCHEMATHESIS)
	$(call locked,$(SCHEMATHESIS),requirements-schemathesis.lock)
	@touch $@

install-test: ## set it up with the oldest and the newest pip, from an index that has newer releases of everything
	tools/install_test.sh $(PYTHON)

# Pins stay as they are while they satisfy pyproject.toml; `make lock LOCK_FLAGS=--upgrade` takes the newest.
lock: ## write requirements*.lock from pyproject.toml
	tools/lock.sh $(PYTHON) $(LOCK_FLAGS)

clean: ## remove whatever the other targets made
	rm -rf $(VENV) build dist mutants grammars/*.tables.json .coverage .coverage.* htmlcov .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
