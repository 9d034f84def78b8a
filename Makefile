# make demo     start everything with a lively demo and print addresses and log-ins   (PORT=8000)
# make test     run all tests on servers of their own                                 (ARGS='tests/kernel -x', WORKERS=2)
# make lint     format, style, types and architecture
# make setup    only install what development needs
# make bench    the benchmarks, on a durable server of their own                      (ARGS=…)
# make token    print an API token of the running demo's administrator                  (make -s token)
# make manage   run manage.py on the demo's servers                                    (CMD='projections')
# make stop     stop a demo and its servers
# make clean    remove the virtual environment and all local state
# make requirements   write the hashed requirement files again
# make production     install what production needs, as the image does; make static then collects its files
# make messages       collect the texts that people read for translation

PYTHON ?= python3
PORT ?= 8000
WORKERS ?= 2
ARGS ?=
CMD ?= help

# Demo and tests start many processes: each would compile everything again where the environment forbids to keep bytecode.
unexport PYTHONDONTWRITEBYTECODE

# Paths are relative, so that a checkout may lie in a folder with a space in its name.
PY := .venv/bin/python
UV := $(PY) -m uv
EMBEDDED := $(PY) -m loyalty.embedded
HOME_FOLDER := $(if $(EMBEDDED_HOME),$(EMBEDDED_HOME),.local)
NOTHING := no-secret-is-needed-to-collect-files
COMPILE := $(UV) pip compile --quiet --generate-hashes --no-header --universal --python-version 3.11 --no-emit-index-url
checksum = $(firstword $(shell cksum < requirements/$(1).txt))

# A stamp names the checksum of what was installed: a changed requirement file installs again, an unchanged one does not.
VENV := .venv/bin/python
BOOTSTRAP := .venv/uv-$(call checksum,uv)
DEMO := .venv/embedded-$(call checksum,embedded)
BASE := .venv/base-$(call checksum,base)
DEV := .venv/dev-$(call checksum,dev)

.PHONY: help demo setup test lint bench token manage stop clean requirements messages production static
.NOTPARALLEL:

help:
	@sed -n 's/^# make/make/p' Makefile

demo: $(DEMO)
	@$(EMBEDDED) demo $(PORT)

test: $(DEV)
	@EMBEDDED_HOME="$(HOME_FOLDER)/test" LOYALTY_MODE=test $(EMBEDDED) run -- $(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

setup: $(DEV)

lint: $(DEV)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	.venv/bin/lint-imports
	LOYALTY_MODE=test SECRET_KEY=none LOYALTY_MASTER_KEYS=none LOYALTY_LOOKUP_KEYS=none DATABASE_URL=postgresql:///none REDIS_URL=redis://none \
		$(PY) -m mypy .

bench: $(DEV)
	@EMBEDDED_HOME="$(HOME_FOLDER)/bench" $(EMBEDDED) run --durable -- $(PY) -m bench $(ARGS)

token: $(DEMO)
	@eval "$$($(EMBEDDED) env)"; \
	[ -n "$$DATABASE_URL" ] || { echo "The demo does not run: make demo starts it." >&2; exit 1; }; \
	$(PY) manage.py issue_token sen-vang --user admin@senvang.example

manage: $(DEMO)
	@$(EMBEDDED) run -- $(PY) manage.py $(CMD)

stop:
	@if [ -x $(PY) ]; then $(EMBEDDED) stop; else echo "Nothing is set up here."; fi

clean:
	@if [ -x $(PY) ]; then for home in "$(HOME_FOLDER)/test" "$(HOME_FOLDER)/bench" "$(HOME_FOLDER)"; do \
		EMBEDDED_HOME="$$home" $(EMBEDDED) remove || exit 1; done; fi
	rm -rf .venv .local static_collected

requirements: $(BOOTSTRAP)
	$(COMPILE) requirements/uv.in -o requirements/uv.txt
	$(COMPILE) requirements/dev.in -o requirements/dev.txt
	$(COMPILE) -c requirements/dev.txt requirements/embedded.in -o requirements/embedded.txt
	$(COMPILE) -c requirements/dev.txt requirements/base.in -o requirements/base.txt

messages: $(DEV)
	@$(EMBEDDED) run -- $(PY) manage.py makemessages --all

production: $(BASE)

# No secret is needed to compile texts and collect files; the values only satisfy the settings.
static:
	@for command in "compile_translations" "collectstatic --no-input --verbosity 0"; do \
		LOYALTY_MODE=production SECRET_KEY=$(NOTHING)$(NOTHING) LOYALTY_MASTER_KEYS=none LOYALTY_LOOKUP_KEYS=none \
		DATABASE_URL=postgresql:///none REDIS_URL=redis://none $(PY) manage.py $$command || exit 1; done

$(VENV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=python3.12, with the name of one that is installed."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "$(PYTHON) cannot make virtual environments: install its venv package (Debian: apt-get install python3-venv)."; exit 1; }
	@$(PYTHON) -m venv .venv

$(BOOTSTRAP): | $(VENV)
	@echo "… install the installer" >&2
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

$(BASE): | $(BOOTSTRAP)
	@echo "… install what production needs" >&2
	@$(UV) pip install --quiet --python $(PY) --require-hashes -r requirements/base.txt
	@touch $@

$(DEMO): | $(BOOTSTRAP)
	@echo "… install what the demo needs" >&2
	@$(UV) pip install --quiet --python $(PY) --require-hashes -r requirements/embedded.txt
	@touch $@

$(DEV): | $(BOOTSTRAP)
	@echo "… install what development needs" >&2
	@$(UV) pip install --quiet --python $(PY) --require-hashes -r requirements/dev.txt
	@touch $@
