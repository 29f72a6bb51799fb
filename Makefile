# `make up` creates a stack in the sandbox, `make test` runs all tests. Neither needs an AWS account.
STACK ?= staging
PYTHON ?= python3
PY := .venv/bin/python
READY := .venv/ready
COMMAND := .venv/bin/strongroom

.PHONY: setup up preview test lint bench mutations mutmut graph graph-diff acceptance docs ca-bundle

setup: $(COMMAND)

# uv installs the locked packages in seconds; pip alone takes about a minute.
$(READY): requirements.lock
	test -x $(PY) || $(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check uv
	$(PY) -m uv pip sync --quiet --compile-bytecode --python $(PY) --require-hashes requirements.lock || \
	  $(PY) -m pip install --quiet --require-hashes -r requirements.lock
	touch $@

# After the sync, which would remove them: the command `strongroom`, and the path entry of this checkout.
$(COMMAND): $(READY) cli/install.py
	$(PY) -m cli.install

up: setup
	$(PY) -m sandbox up --stack $(STACK) $(ARGS)

preview: setup
	$(PY) -m sandbox preview --stack $(STACK) $(ARGS)

# moto resets an account only when the last sandbox of the process closes, so tests that keep sandboxes open run in
# processes of their own, two at a time.
WORLDS := tests/sandbox tests/test_stacks.py tests/test_nothing_hardcoded.py \
  tests/mutations/test_component_mistakes.py tests/test_end_to_end.py tests/ops tests/cli
PARTS := test-components test-ops test-stacks test-rotation test-end test-sandbox
PYTEST := $(PY) -m pytest $(ARGS)

test: setup
	$(MAKE) --no-print-directory -k -j2 $(if $(filter output-sync,$(.FEATURES)),-O) $(PARTS)

.PHONY: $(PARTS)
test-components:
	$(PYTEST) tests $(addprefix --ignore ,$(WORLDS))
test-ops:
	$(PYTEST) tests/ops tests/cli --ignore tests/ops/rotation --ignore tests/ops/incident
test-stacks:
	$(PYTEST) tests/test_stacks.py tests/test_nothing_hardcoded.py
test-rotation:
	$(PYTEST) tests/ops/rotation tests/ops/incident
test-end:
	$(PYTEST) tests/mutations/test_component_mistakes.py tests/test_end_to_end.py
test-sandbox:
	$(PYTEST) tests/sandbox

lint: setup
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m pyright

bench: setup
	$(PY) -m bench $(ARGS)

# Applies each mutation to a copy of the program and checks that its test fails.
mutations: setup
	$(PY) -m tests.mutations $(ARGS)

# Mutates every line of keys, IAM documents and the rotation function, and prints what their tests did not notice.
mutmut: setup
	$(PY) -m mutmut run $(ARGS)
	$(PY) -m mutmut results

# Prints the resources of STACK and their policy violations; graph-diff compares this tree with the commit BASE.
graph: setup
	$(PY) tools/graph/record.py --stack $(STACK) $(ARGS)

graph-diff: setup
	$(PY) tools/graph/compare.py --base $(BASE) $(ARGS)

acceptance: setup
	@$(PY) -m tests.acceptance $(ARGS)

docs: setup
	$(PY) -m docs.generate
	PYTHONPATH=policies $(PY) -m rules.pack.reference
	$(PY) -m tests.messages

# Downloads the RDS CA bundle, with which the rotation function verifies the database; once before a deployment.
ca-bundle: setup
	$(PY) -m functions.package ca-bundle
