# Two commands matter: `make demo` and `make test`. Both make .venv by themselves.
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint format types docs bench lock clean

VENV := .venv/bin

help: ## show these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## make .venv from the locked requirements, and install the sandbox where it may
	@scripts/system-packages --minimal
	@scripts/environment

demo: ## make a synthetic leak and take it through every room, into demo/
	@scripts/system-packages --minimal
	@scripts/environment --minimal
	@$(VENV)/proofroom demo --out demo --no-serve

test: setup ## run every gate, cheapest first: what the CI runs
	@scripts/system-packages --tests
	@scripts/gates

lint: setup ## check form, rules and the contracts of the architecture
	@scripts/gates format lint imports architecture

format: setup ## bring the code into form
	@$(VENV)/ruff format
	@$(VENV)/ruff check --fix

types: setup ## check types, strictly
	@scripts/gates types

docs: setup ## build the manual into docs/_build/html and run every example in it
	@scripts/gates docs

bench: setup ## print ratios against named peers, measured in the same run
	@for file in $$(grep -l __main__ benchmarks/*.py); do $(VENV)/python $$file || exit; done

lock: setup ## write requirements/*.txt anew from the *.in, with hashes and without hosts
	@scripts/lock

clean: ## remove what make made: .venv, demo, logs and caches
	@rm -rf .venv demo .gates build dist docs/_build htmlcov .coverage* .*_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
