# make report: the two reports of the embedded example department.
# make check:  lint, types, imports and the quick tests, for each change.
# make test:   every check and the tests. Both set up what they need.
# make test-slow: the rest of the tests (simulations, many whole runs), which .ci/run makes too.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
WORKERS ?= 2

.PHONY: setup report check test test-slow lint bench lab pages lock clean

setup: $(READY)

report: $(READY)
	$(BIN)/gsi run 00

# One thread of algebra a worker: the workers already fill the cores.
test test-slow: export OMP_NUM_THREADS = 1
test test-slow: export OPENBLAS_NUM_THREADS = 1
test: $(READY) lint
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m "not slow"

# What a change of code or of a text is likely to break, in the time of a pause.
QUICK := tests/contract tests/ground tests/measure tests/report/engine $(wildcard tests/test_*.py)
check: export OMP_NUM_THREADS = 1
check: $(READY) lint
	$(BIN)/pytest -q -n $(WORKERS) --dist loadfile -m "not slow" $(QUICK)

test-slow: $(READY)
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m "slow and not quarto"

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

# The pages of docs/ that are made from the contract and the catalogue.
pages: $(READY)
	$(BIN)/python -m docs.pages

bench: $(READY)
	$(BIN)/python -m benchmarks

lab: $(READY)
	$(BIN)/jupyter lab notebooks

# pip reads its own configuration for where packages come from; the lock names none.
$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Se necesita Python 3.11 o posterior; indíquelo con: make PYTHON=python3.12 report")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-build-isolation --no-deps -e .
	touch $(READY)

# After a change of pyproject.toml (needs uv): the same pins for every platform and Python.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate \
	  --no-emit-index-url --no-emit-find-links --generate-hashes --extra dev \
	  pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) reports/_output data/processed/_base
