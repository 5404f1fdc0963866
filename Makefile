# The door to everything: `make help` lists what there is.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Containers often switch this off; tests, and the many processes they start, would compile everything again and again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help install demo test test-slow check format licences structure bench bench-casebook bench-decisions bench-orders bench-policy bench-review bench-scoring bench-signin audit authorisation cases fuzz-sources proof-api proof-audit proof-mutants proof-security proof-races bench-batch proof-recovery proof-soak proof-follow lint-deploy lock clean pictures

help: ## List the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

install: .venv/installed ## Create .venv and install from the locked versions

.venv/installed: requirements.lock pyproject.toml
	@command -v git > /dev/null || { echo "git is missing: apt-get install git"; exit 1; }
	@test -n "$(PYTHON)" || { echo "Python 3.11 is missing: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, $(PYTHON) is older: apt-get install python3.11 python3.11-venv"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || { echo "Python's venv is missing: apt-get install python3-venv"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "installing the locked versions (a minute, five on a slow machine) ..."
	@$(BIN)/pip install --quiet --no-deps --require-hashes --requirement requirements.lock
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/pip check
	@touch $@

demo: install ## Run the demo until Ctrl-C; ONCE=1 needs no person and ends by itself
	@$(BIN)/gatehouse demo $(if $(ONCE),--once)

test: check ## Formatting, lint, types, import contracts and all tests but the slow ones
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadgroup -m "not slow"

test-slow: install ## The slow tests: who may do what, Prefect live, planted changes, the release before
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadgroup -m slow

check: install ## Formatting, lint, types, import contracts, licences
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache > .venv/imports.log || { cat .venv/imports.log; exit 1; }
	@$(BIN)/python .ci/licences.py > .venv/licences.log

format: install ## Format the code and mend what ruff can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

licences: install ## List the licences of the default dependencies; fail on GPL and non-commercial ones
	@$(BIN)/python .ci/licences.py

structure: ## Print rooms, files, lines; fail on imports upward and circles
	@$(PYTHON) .ci/structure.py

bench: install ## Measure the walk, the batches, and CPU and memory of runs beside an empty one; BUSY=1, JSON=path
	@$(BIN)/python -m benchmarks $(if $(BUSY),--busy) $(if $(JSON),--json $(JSON))

bench-casebook: install ## Measure lists, inbox, search, stuck cases, late votes and caps at 100,000 cases on SQLite and Postgres; CASES=n, SQLITE=1, POSTGRES=1, JSON=path
	@$(BIN)/python -m benchmarks.casebook $(if $(CASES),--cases $(CASES)) $(if $(SQLITE),--sqlite) $(if $(POSTGRES),--postgres) $(if $(JSON),--json $(JSON))

bench-orders: install ## Check orders of 100,000 customers and 1,000,000 open items, 50 a second, and 1,000 pairs for the last headroom; CUSTOMERS=n, ITEMS=n, SECONDS=60, PAIRS=1000, SQLITE=1, POSTGRES=1, BUSY=1, PLANT=list, PLANT=name, JSON=path
	@$(BIN)/python -m benchmarks.orders $(if $(CUSTOMERS),--customers $(CUSTOMERS)) $(if $(ITEMS),--items $(ITEMS)) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(PAIRS),--pairs $(PAIRS)) $(if $(SQLITE),--sqlite) $(if $(POSTGRES),--postgres) $(if $(BUSY),--busy) $(if $(PLANT),--plant $(PLANT)) $(if $(JSON),--json $(JSON))

bench-review: install ## Review 10,000 unchanged customers, six sources asked again each: CPU a customer beside bare GETs and an empty Prefect run, memory beside 1,000; CUSTOMERS=n, SMALL=n, BUSY=1, PLANT=list, PLANT=name, JSON=path
	@$(BIN)/python -m benchmarks.review $(if $(CUSTOMERS),--customers $(CUSTOMERS)) $(if $(SMALL),--small $(SMALL)) $(if $(BUSY),--busy) $(if $(PLANT),--plant $(PLANT)) $(if $(JSON),--json $(JSON))

bench-policy: install ## Measure verdicts beside two rule engines, and the comparison of 100,000 stored cases; RATIOS=1, JSON=path
	@$(BIN)/python -m benchmarks.policy $(if $(RATIOS),--ratios) $(if $(JSON),--json $(JSON))

bench-decisions: install ## Try over random companies that hiding never pays and worse is never better, and the examples: COUNT=2000, SEED=1, PLANT=list, PLANT=name, JSON=path
	@$(BIN)/python -m benchmarks.decisions $(if $(COUNT),--count $(COUNT)) $(if $(SEED),--seed $(SEED)) $(if $(PLANT),--plant $(PLANT)) $(if $(JSON),--json $(JSON))

bench-scoring: install ## Measure scores on companies they have not seen; DATA=FILE (ARFF), DATA2=FILE, HORIZON=5, PLANT=list, PLANT=name, JSON=path
	@$(BIN)/python -m benchmarks.scoring $(if $(DATA),--data $(DATA)) $(if $(DATA2),--data2 $(DATA2)) $(if $(HORIZON),--horizon $(HORIZON)) $(if $(PLANT),--plant $(PLANT)) $(if $(JSON),--json $(JSON))

bench-signin: install ## Measure /health, a case page and an honest sign-in under 500 sign-ins at once; BUSY=1, JSON=path, PLANT=list, PLANT=name
	@$(BIN)/python -m benchmarks.sign_in $(if $(BUSY),--busy) $(if $(PLANT),--plant $(PLANT)) $(if $(JSON),--json $(JSON))

cases: install ## Print how each input that was read wrong once is read now (needs ../shared/data)
	@$(BIN)/python -m benchmarks.cases

fuzz-sources: install ## Change answers of all sources so that they tell less; nothing may look better: SECONDS=300 or COUNT=20000, SEED=1, SOURCE=sec_edgar, PLANT=list, PLANT=name, JSON=path
	@$(BIN)/python -m benchmarks.fuzz_sources $(if $(SECONDS),--seconds $(SECONDS)) $(if $(COUNT),--count $(COUNT)) $(if $(SEED),--seed $(SEED)) $(if $(SOURCE),--source $(SOURCE)) $(if $(PLANT),--plant $(PLANT)) $(if $(JSON),--json $(JSON))

proof-audit: install ## Tamper with a casebook in every way we know, and show what verify says of each; PLANT=list, PLANT=name, JSON=path
	@$(BIN)/python -m benchmarks.tampering $(if $(PLANT),--plant $(PLANT)) $(if $(JSON),--json $(JSON))

proof-security: install ## Try every attack again that was ever tried; SET=reduced, POSTGRES=1, ROW=21, PLANT=list, PLANT=name, PLANT=each, JSON=path
	@$(BIN)/python -m benchmarks.security $(if $(SET),--set $(SET)) $(if $(POSTGRES),--postgres) $(if $(ROW),--row "$(ROW)") $(if $(PLANT),--plant $(PLANT)) $(if $(JSON),--json $(JSON))

proof-mutants: install ## Plant small changes in the rules, one at a time, and see whether the tests notice; SET=reduced, FILE=path, PLANT=list, PLANT=name, JSON=path
	@test -x .tools/mutants/bin/cosmic-ray || { $(PYTHON) -m venv .tools/mutants && .tools/mutants/bin/pip install --quiet cosmic-ray==8.7.0; }
	@$(BIN)/python -m benchmarks.mutants --tool .tools/mutants/bin/python $(if $(SET),--set $(SET)) $(if $(FILE),--file $(FILE)) $(if $(PLANT),--plant $(PLANT)) $(if $(JSON),--json $(JSON))

proof-races: install ## 1,000 opposite last votes, and last votes against new facts, at the same moment (needs Postgres)
	@$(BIN)/python -m benchmarks.races --trials $(or $(TRIALS),1000)

bench-batch: install ## Take COUNT (1000) applicants through one batch, verify and replay them; JSON=path writes the figures
	@$(BIN)/python -m benchmarks.book $(if $(COUNT),--count $(COUNT)) $(if $(JSON),--json $(JSON))

proof-recovery: install ## Kill everything at every step and show that each case ends; POSTGRES=1, SET=reduced, PLANT=unwatched, JSON=path
	@$(BIN)/python -m benchmarks.recovery $(if $(POSTGRES),--postgres --workers 2) $(if $(SET),--set $(SET)) $(if $(PLANT),--plant $(PLANT)) $(if $(JSON),--json $(JSON))

proof-soak: install ## Kill -9 at random for MINUTES (5), then cut the power with WAITING (200) cases; 0 leaves one out; POSTGRES=1, BUSY=1, PLANT=list, PLANT=name, JSON=path
	@$(BIN)/python -m benchmarks.soak --minutes $(or $(MINUTES),5) --waiting $(or $(WAITING),200) $(if $(POSTGRES),--postgres) $(if $(BUSY),--busy) $(if $(PLANT),--plant $(PLANT)) $(if $(JSON),--json $(JSON))

proof-upgrade: install ## Cases that the release before left suspended are decided under today's code; VENV=path runs today's with another Prefect; PLANT=list, PLANT=name
	@$(BIN)/python -m benchmarks.upgrade $(if $(VENV),--venv "$(VENV)") $(if $(PLANT),--plant $(PLANT))

proof-follow: install ## Follow docs/deploying.md to the letter (needs Postgres and Redis): two workers, one admitted, backup, restore
	@PATH=$(CURDIR)/$(BIN):$$PATH $(BIN)/python -m benchmarks.follow

lint-deploy: install ## Check deploy/ with the linters that are installed; names those that are not
	@BIN=$(CURDIR)/$(BIN) .ci/lint_deploy

proof-api: install ## Let schemathesis loose on the desk's API: no 5xx, no undocumented answer; EXAMPLES=150
	@test -x .tools/schemathesis/bin/schemathesis || { $(PYTHON) -m venv .tools/schemathesis && .tools/schemathesis/bin/pip install --quiet schemathesis==4.32.5; }
	@$(BIN)/python -m benchmarks.open_api --schemathesis $(CURDIR)/.tools/schemathesis/bin/schemathesis $(if $(EXAMPLES),--examples $(EXAMPLES))

authorisation: install ## Try every page, endpoint and command by everybody, and write docs/authorisation.md
	@$(BIN)/python -m tests.authorisation

audit: ## Look up known holes of the locked versions (pip-audit; needs an advisory service); SERVICE=osv|pypi
	@test -x .tools/pip-audit/bin/pip-audit || { $(PYTHON) -m venv .tools/pip-audit && .tools/pip-audit/bin/pip install --quiet pip-audit==2.10.1; }
	@.tools/pip-audit/bin/pip-audit --requirement requirements.lock --require-hashes --disable-pip --vulnerability-service $(or $(SERVICE),osv) 2> .tools/audit.log && cat .tools/audit.log || { tail -n 3 .tools/audit.log; echo "not passed: a hole is named above, or the advisory service could not be reached and nothing was looked up (.tools/audit.log)"; exit 1; }

lock: install ## Resolve the versions anew and write requirements.lock (needs `pip install uv`)
	@uv pip compile pyproject.toml --extra dev --extra lab --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet --output-file requirements.lock --custom-compile-command "make lock"

clean: ## Remove what was installed and made here
	@rm -rf .venv .tools .demo .mypy_cache .ruff_cache .pytest_cache .hypothesis

pictures: install ## Take the pictures of docs/images from a running demo (needs chromium)
	@$(BIN)/python .ci/pictures.py .demo
