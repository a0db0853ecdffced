# Trainyard's set-up. `make` alone lists what there is.
# Plain enough for the make 3.81 of macOS: one shell a line, no features of later versions.

VENV = .venv
VENV_PYTHON = $(VENV)/bin/python
# A Python of your own choice: make run PYTHON=/path/to/python3.13
PYTHON = python3.14 python3.13 python3.12 python3.11 python3
ARGS =
UV_VERSION = 0.13.9

# Qt's pinned build ends before 3.15; torchvision refuses 3.14.1.
EXIT_UNLESS_SUITABLE = sys.exit(not (3, 11) <= sys.version_info < (3, 15) or sys.version_info[:3] == (3, 14, 1))
PIP_INSTALL = $(VENV_PYTHON) -m pip install --disable-pip-version-check --no-input
COMPILE = $(VENV_PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header pyproject.toml
# The tests start Trainyard dozens of times; where no bytecode may be kept, each time would compile it again.
COMPILED_ONCE = PYTHONDONTWRITEBYTECODE=

.PHONY: help run test test-all lint format bench lock clean environment dev-environment install venv
.SILENT:

help: ## list what make can do
	echo "Trainyard"
	awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile
	echo 'Arguments go in ARGS: make run ARGS="--help", make test ARGS="tests/core -x"'

run: environment ## start Trainyard; installs what it needs the first time
	$(VENV_PYTHON) main.py $(ARGS)

test: lint ## lint, and the tests that are quick
	echo "Tests, with no window"
	$(COMPILED_ONCE) QT_QPA_PLATFORM=offscreen $(VENV_PYTHON) -m pytest -n 2 --dist loadfile $(ARGS)

test-all: lint ## lint, and every test, the slow ones too
	echo "Every test, with no window"
	$(COMPILED_ONCE) QT_QPA_PLATFORM=offscreen $(VENV_PYTHON) -m pytest -n 2 --dist loadfile -m '' $(ARGS)

lint: dev-environment ## style, types, and who imports whom
	echo "Style"
	$(VENV_PYTHON) -m ruff check --quiet .
	$(VENV_PYTHON) -m ruff format --check --quiet .
	echo "Types"
	$(VENV_PYTHON) -m mypy
	echo "Imports"
	$(VENV)/bin/lint-imports

format: dev-environment ## put the code in its standard form
	$(VENV_PYTHON) -m ruff check --fix-only --quiet .
	$(VENV_PYTHON) -m ruff format .

bench: environment ## run every script in benchmarks/
	$(VENV_PYTHON) -m benchmarks $(ARGS)

lock: venv ## pin the dependencies anew; ARGS=--upgrade takes newer versions
	$(VENV_PYTHON) -m uv --version >/dev/null 2>&1 || $(PIP_INSTALL) --quiet uv==$(UV_VERSION)
	echo "Pinning the dependencies of pyproject.toml"
	$(COMPILE) $(ARGS) -o requirements.lock
	$(COMPILE) $(ARGS) --group dev -c requirements.lock -o requirements-dev.lock

clean: ## remove caches and build files; .venv and your runs stay
	rm -rf build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find . -path ./$(VENV) -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

# What is installed is told by a copy of the lock it came from, kept in .venv. The copy is taken away before an install
# and put there after it, so an interrupted install is done again, and a lock that changed is installed.
environment:
	{ [ -x $(VENV_PYTHON) ] && cmp -s requirements.lock $(VENV)/requirements.lock; } \
	|| $(MAKE) --no-print-directory install LOCK=requirements.lock

dev-environment:
	{ [ -x $(VENV_PYTHON) ] && cmp -s requirements-dev.lock $(VENV)/requirements-dev.lock; } \
	|| $(MAKE) --no-print-directory install LOCK="requirements.lock requirements-dev.lock"

# The last lock named is installed; the others are parts of it. With a terminal pip shows its progress, else it is quiet.
install: venv
	rm -f $(VENV)/*.lock
	if [ -d $(VENV)/lib/python3.*/site-packages/torch ]; \
	then echo "Comparing .venv with $(lastword $(LOCK)): seconds, or minutes where PyTorch or Qt changed."; \
	else echo "Installing PyTorch and Qt: up to 5 GB, a few minutes, once."; fi
	if [ -t 1 ]; then quiet=; else quiet=--quiet; fi; \
	$(PIP_INSTALL) $$quiet --require-hashes --only-binary :all: -r $(lastword $(LOCK)) || { \
		echo "The install did not finish; pip says why above. The same command, run again, goes on from what was downloaded." >&2; exit 1; }
	cp $(LOCK) $(VENV)/

venv:
	$(VENV_PYTHON) -c 'import pip, sys; $(EXIT_UNLESS_SUITABLE)' >/dev/null 2>&1 && exit 0; \
	chosen=; lacking=; \
	for python in $(PYTHON); do \
		"$$python" -c 'import sys; $(EXIT_UNLESS_SUITABLE)' >/dev/null 2>&1 || continue; \
		if "$$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then chosen=$$python; break; fi; \
		lacking=$${lacking:-$$python}; \
	done; \
	if [ -z "$$chosen" ] && [ -n "$$lacking" ]; then \
		echo "$$lacking cannot make a virtual environment: install its venv module (Debian, Ubuntu: sudo apt install python3-venv) and try again." >&2; \
		exit 1; \
	elif [ -z "$$chosen" ]; then \
		echo "Trainyard needs Python 3.11 to 3.14: install one (Debian, Ubuntu: sudo apt install python3 python3-venv), or name yours: make run PYTHON=/path/to/python3" >&2; \
		exit 1; \
	fi; \
	echo "Making $(VENV) with $$("$$chosen" --version)"; \
	"$$chosen" -m venv --clear $(VENV)
