# `make help` lists the targets. `make up` and `make test` need no AWS account.
STACK ?= staging
PYTHON ?= python3
PY := .venv/bin/python
READY := .venv/ready
COMMAND := .venv/bin/strongroom

.DEFAULT_GOAL := help
.PHONY: help setup up preview engine test test-engine test-growth test-one fast fmt lint typecheck bench drill mutations mutmut \
  prowler graph graph-diff acceptance docs ca-bundle lambda-wheels

help: ## list the targets
	@echo "make TARGET [STACK=staging] [ARGS=...]"
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  \1|\2/p' $(firstword $(MAKEFILE_LIST)) | \
	  while IFS='|' read -r target text; do printf '%-13s %s\n' "$$target" "$$text"; done

setup: $(COMMAND) ## install the locked packages and the command `strongroom` into .venv

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

up: setup ## bring STACK up in an emulated AWS, verify it, write its page (ARGS=--keep, ENGINE=pulumi)
	$(PY) -m sandbox up --stack $(STACK) $(if $(ENGINE),--engine $(ENGINE)) $(ARGS)

preview: setup ## say what `up` would create for STACK, and what the policies say
	$(PY) -m sandbox preview --stack $(STACK) $(if $(ENGINE),--engine $(ENGINE)) $(ARGS)

engine: setup ## find or build the Pulumi CLI for ENGINE=pulumi, and print its path
	@$(PY) -m tools.go.build pulumi

test-engine: setup ## run every stack on the Pulumi CLI and on the in-process engine, and compare them
	rm -rf build/engine-figures
	$(TOGETHER) $(ENGINE_PARTS)
	$(PY) -m tests.engine.figures

test-growth: setup ## bring a stack of 30 services up twice in the sandbox, within every limit of AWS
	$(PYTEST) tests/growth

# moto resets an account only when the last sandbox of the process closes, so tests that keep sandboxes open run in
# processes of their own. Two at a time, the longest first, so that both end at about the same time.
APART := tests/sandbox tests/test_stacks.py tests/test_examples.py tests/test_nothing_hardcoded.py tests/functions \
  tests/mutations/test_component_mistakes.py tests/test_end_to_end.py tests/ops tests/cli tests/engine tests/growth
PARTS := test-ops test-functions test-stacks test-rotation test-components test-end test-sandbox test-mistakes
PYTEST := $(PY) -m pytest $(ARGS)
TOGETHER := $(MAKE) --no-print-directory -k -j2 $(if $(filter output-sync,$(.FEATURES)),-O)

test: setup ## run every test, in two processes
	$(TOGETHER) $(PARTS)

.PHONY: $(PARTS)
test-components:
	$(PYTEST) tests $(addprefix --ignore ,$(APART))
test-ops:
	$(PYTEST) tests/ops tests/cli --ignore tests/ops/rotation --ignore tests/ops/incident
test-stacks:
	$(PYTEST) tests/test_stacks.py tests/test_nothing_hardcoded.py tests/test_examples.py
test-rotation:
	$(PYTEST) tests/ops/rotation tests/ops/incident
test-functions:
	$(PYTEST) tests/functions
test-end:
	$(PYTEST) tests/test_end_to_end.py
test-mistakes:
	$(PYTEST) tests/mutations/test_component_mistakes.py
test-sandbox:
	$(PYTEST) tests/sandbox

# The tests of one stack share two sandboxes of it, so each stack has a process. Two at a time, the longest first.
ON_STACKS := $(patsubst Pulumi.%.yaml,engine-%,$(wildcard Pulumi.*.yaml))
ENGINE_PARTS := engine-staging engine-failures $(filter-out engine-staging,$(ON_STACKS)) engine-commands
OF_A_STACK := $(addprefix tests/engine/,test_creation.py test_life.py test_destroy.py)

.PHONY: $(ENGINE_PARTS)
$(ON_STACKS): engine-%:
	$(PYTEST) $(OF_A_STACK) --stack $*
engine-failures:
	$(PYTEST) tests/engine/test_failures.py
engine-commands:
	$(PYTEST) tests/engine $(addprefix --ignore ,$(OF_A_STACK) tests/engine/test_failures.py)

FAST := fast-components fast-rules
fast: setup ## run the tests of settings, policy rules and components
	$(TOGETHER) $(FAST)

.PHONY: $(FAST)
fast-components:
	$(PYTEST) tests/components
fast-rules:
	$(PYTEST) tests/settings tests/policies

test-one: setup ## run the tests of a path (T=tests/settings) or those that match an expression (T="rotation and not host")
	@test -n '$(T)' || { echo 'name a path or an expression: make test-one T=tests/settings' >&2; exit 2; }
	@case '$(T)' in tests*) $(PYTEST) '$(T)' ;; *) $(PYTEST) -k '$(T)' ;; esac

fmt: setup ## format the code and sort its imports
	$(PY) -m ruff check --select I --fix .
	$(PY) -m ruff format .

lint: setup ## check style, format and types
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m pyright

typecheck: setup ## check types alone (ARGS=components/data for a part)
	$(PY) -m pyright $(ARGS)

bench: setup ## measure the figures that the documentation promises
	$(PY) -m bench $(ARGS)

drill: setup ## re-encrypt 200,000 rows under live writers, kills and lost sessions (ARGS="--scale 0.1")
	$(PY) -m tests.drill $(ARGS)

mutations: setup ## apply each mutation to a copy of the program, and check that its test fails
	$(PY) -m tests.mutations $(ARGS)

mutmut: setup ## mutate keys, IAM documents and the rotation function, and print what no test noticed
	$(PY) -m mutmut run $(ARGS)
	$(PY) -m mutmut results

prowler: setup ## scan STACK in the sandbox with Prowler, and list what fails without an explanation
	$(PY) -m tools.prowler --stack $(STACK)

graph: setup ## print the resources of STACK and their policy violations
	$(PY) tools/graph/record.py --stack $(STACK) $(ARGS)

graph-diff: setup ## compare what this tree declares with the commit BASE
	$(PY) tools/graph/compare.py --base $(BASE) $(ARGS)

acceptance: setup ## list each requirement with the tests that prove it
	@$(PY) -m tests.acceptance $(ARGS)

docs: setup ## write the generated pages; a test fails when one differs
	$(PY) -m docs.generate
	PYTHONPATH=policies $(PY) -m rules.pack.reference
	$(PY) -m tests.messages

ca-bundle: setup ## download the RDS CA bundle, once and online, before a first deployment
	$(PY) -m functions.package ca-bundle

lambda-wheels: setup ## download the compiled packages of Lambda functions, once and online, before a first deployment
	$(PY) -m functions.package wheels
