# AVDesk. `make` alone lists the targets. ARGS="…" is handed to the program or to pytest.

PYTHON ?=
ARGS ?=
# Two tests at a time: half of a run waits for a desktop or a server.
WORKERS ?= 2
BIN := .venv/bin

export PYTHON

.DEFAULT_GOAL := help
.PHONY: help setup setup-test demo run test lint lint-format lint-style lint-types lint-layers lint-texts bench \
    screenshots i18n lock clean bundle smoke installer try-installer docs licences

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Make .venv and install what the app needs, system packages too
	@packaging/setup.sh run

setup-test: ## The same, and what the tests need
	@packaging/setup.sh test

demo: setup ## Watch a video being made on the embedded AutoVideo; needs no server, account or configuration
	@$(BIN)/avdesk demo $(ARGS)

run: setup ## Open the desktop app on your own configuration
	@$(BIN)/avdesk $(ARGS)

test: setup-test ## Run every test; ARGS="tests/unit -k budget" for some
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

lint: lint-format lint-style lint-types lint-layers lint-texts ## Check format, style, types, the layers' import law, the catalogue of texts

lint-format: setup
	$(BIN)/ruff format --check .

lint-style: setup
	$(BIN)/ruff check .

lint-types: setup
	$(BIN)/mypy

lint-layers: setup
	$(BIN)/lint-imports --no-cache

lint-texts: setup
	packaging/catalogue.sh check

bench: setup-test ## Measure start, memory, polling and the terminal's answer, as ratios in one run
	@$(BIN)/python -m benchmarks $(ARGS)

screenshots: setup-test ## Make the pictures in docs/images in a real desktop session
	@$(BIN)/python docs/make_screenshots.py $(ARGS)

bundle: setup-test ## Make the application's folder dist/avdesk, and try it: every subcommand and the desktop app
	packaging/bundle/build.sh
	@$(MAKE) --no-print-directory smoke

smoke: ## Try dist/avdesk: every subcommand and the desktop app, in a real session
	$(BIN)/python packaging/bundle/smoke.py dist/avdesk

installer: ## Make the Debian package of dist/avdesk, and check it by lintian and appstreamcli
	packaging/deb/make.sh dist/avdesk dist

try-installer: ## Install, use, upgrade and purge the package in a clean Debian root; as root
	packaging/deb/try_in_clean_root.sh "$$(ls -t dist/avdesk_*.deb | head -n 1)"

licences: setup ## Renew resources/licences.json from what is installed
	$(BIN)/python packaging/licences.py

docs: setup ## Renew the reference pages in docs that are made from the program
	$(BIN)/python docs/make_reference.py

i18n: setup ## Extract the texts for translators to resources/i18n/avdesk.pot
	@packaging/catalogue.sh extract

lock: setup ## Renew requirements/dev.txt from pyproject.toml, at the newest versions that it allows
	@packaging/lock.sh $(ARGS)

clean: ## Remove .venv and everything else that was made
	rm -rf .venv .make build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
