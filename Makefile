# Strongroom. `make up` shows a whole stack in the sandbox; `make test` proves it. Neither needs an AWS account.
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

# After the sync: the command `strongroom`, and the line that makes the checkout importable in any folder.
$(COMMAND): $(READY) cli/install.py
	$(PY) -m cli.install

up: setup
	$(PY) -m sandbox up --stack $(STACK) $(ARGS)

preview: setup
	$(PY) -m sandbox preview --stack $(STACK) $(ARGS)

# The emulation forgets an account only when the last open world closes: what keeps worlds open has a process of its
# own, and two of these run at a time.
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

# Applies each mutation in a copy of the program, and checks that its test fails with it.
mutations: setup
	$(PY) -m tests.mutations $(ARGS)

# Mutates every line of keys, IAM documents and the rotation function, and prints what their tests did not notice.
mutmut: setup
	$(PY) -m mutmut run $(ARGS)
	$(PY) -m mutmut results

# Prints everything STACK declares and every finding on it; graph-diff compares this tree with the commit BASE.
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

# Once, while online, before a real deployment: what the rotation function verifies the database by.
ca-bundle: setup
	$(PY) -m functions.package ca-bundle
