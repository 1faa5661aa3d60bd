# Trunkline's commands. `make up` and `make test` are the two that matter.
.DEFAULT_GOAL := help
.PHONY: help up down status report redrive demo-week test fuzz simulate bench lint lint-python lint-console check package venv clean

PYTHON_IN_VENV := .venv/bin/python

help: ## say what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

up: ## start everything on this machine and print the addresses
	@infra/local/bootstrap.sh up
	@$(PYTHON_IN_VENV) -m infra.local up

down: ## stop what `make up` started; nothing is lost
	@test ! -x $(PYTHON_IN_VENV) || $(PYTHON_IN_VENV) -m infra.local down

status: ## say what runs
	@$(PYTHON_IN_VENV) -m infra.local status

report: ## build the reports of a day, month, quarter or year by hand: make report PERIOD=2026-11
	@test -n "$(PERIOD)" || { echo "which period? make report PERIOD=2026-11-22, 2026-11, 2026-Q4 or 2026" >&2; exit 2; }
	@$(PYTHON_IN_VENV) -m infra.local report "$(PERIOD)"

redrive: ## bring back what was put aside as undeliverable, once what was wrong is mended
	@$(PYTHON_IN_VENV) -m infra.local redrive

demo-week: up ## a week of calls, chats, tickets and reports, lived in minutes on the laptop of `make up`
	@infra/local/bootstrap.sh test
	@$(PYTHON_IN_VENV) -m tests.journeys.demo_week

venv: ## make the project's virtual environment only
	@infra/local/bootstrap.sh check

package: venv ## build the artifact for an AWS account into build/
	@$(PYTHON_IN_VENV) -m infra.package

test: ## the fast suite, the journeys and the browser, side by side
	@infra/local/bootstrap.sh test
	@$(PYTHON_IN_VENV) -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder

fuzz: ## ten thousand odd documents, flows, replies and files each; about a quarter of an hour
	@infra/local/bootstrap.sh test
	@$(PYTHON_IN_VENV) -m pytest tests/fuzz --hypothesis-profile=long

simulate: ## a million steps of the real entry points with everything going wrong; the mutants; the model; the race
	@infra/local/bootstrap.sh test
	@$(PYTHON_IN_VENV) -m tests.simulation

bench: ## measure, each number beside a peer or a limit, and renew the table in README.md
	@infra/local/bootstrap.sh test
	@$(PYTHON_IN_VENV) -m bench

lint: ## what needs no running: style, types, import contracts, the console's own checks
	@infra/local/bootstrap.sh check
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target lint-python lint-console

lint-python:
	@$(PYTHON_IN_VENV) -m ruff check .
	@$(PYTHON_IN_VENV) -m ruff format --check .
	@$(PYTHON_IN_VENV) -m mypy
	@.venv/bin/lint-imports

lint-console:
	@test ! -e web/package.json || $(PYTHON_IN_VENV) -m infra.local.console typecheck lint test

check: lint test ## everything, and what CI runs

clean: down ## stop, and remove everything that was made, the laptop's data included
	rm -rf .venv .local build web/node_modules web/dist .mypy_cache .ruff_cache .pytest_cache \
	    .hypothesis .import_linter_cache .chalice/deployments
