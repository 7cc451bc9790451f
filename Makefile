# The ways of working on actviz; `make help` lists them. Nothing but Python 3.11 and make is needed:
# the first run of a target makes its own environment, later runs only do what changed.

PYTHON ?= python3

VENV  := .venv
BENCH := .venv-bench
FRAMEWORKS := .venv-frameworks
CLUSTER := .venv-cluster
OTHERS_CODE := .venv-peers
VERSIONS := .venv-versions
RUN   := $(VENV)/run-installed
TOOLS := $(VENV)/tools-installed
PEERS := $(BENCH)/peers-installed
ORACLES := $(FRAMEWORKS)/oracles-installed
SNAKEMAKE := $(CLUSTER)/snakemake-installed
IMPLEMENTATIONS := $(OTHERS_CODE)/implementations-installed
OLDEST := $(VERSIONS)/oldest

PIP     := -m pip --disable-pip-version-check --quiet install --no-compile
SOURCES := $(shell find actviz -name '*.py' -o -name '*.toml' -o -name '*.json')

# matplotlib keeps its font list here, so a home folder need not exist and is not written to.
export MPLCONFIGDIR := $(CURDIR)/$(VENV)/matplotlib

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: help test test-all test-oracles test-gpu test-peers test-snakemake test-latex test-versions lint gallery bench clean

# What other versions are held against: all but the tests of this project's own files and of what is
# measured, drawn or run with programs that need the pinned versions or a large download.
OWN  := architecture bench check_oracles check_peers figure_in_latex gallery page project snakefile wheel
CORE := actviz $(filter-out $(OWN:%=tests/test_%.py),$(wildcard tests/test_*.py))

# Pythons that answer, looked for when they are needed; a name on PATH may be an empty promise.
OTHERS = $(foreach python,python3.12 python3.13 python3.14,$(shell \
           $(python) -c 'import venv, ensurepip' 2> /dev/null && echo $(python)))
SURVEY := TORCHINDUCTOR_CACHE_DIR=$(CURDIR)/$(FRAMEWORKS)/compiled $(FRAMEWORKS)/bin/python \
  tests/atlas/survey.py
PYTEST := -m pytest --numprocesses=auto --dist=worksteal --quiet

help: ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## /make \1: /p' Makefile

test: $(TOOLS) ## run every test, large sweeps by a sample
	$(VENV)/bin/python $(PYTEST)

test-all: $(TOOLS) ## run every test, large sweeps whole
	$(VENV)/bin/python $(PYTEST) --whole

# torch.compile keeps what it has made beside the environment, so that a second run is short.
test-oracles: $(ORACLES) ## hold the catalogue against PyTorch and JAX, and write where these are wrong
	$(SURVEY) cpu
	$(FRAMEWORKS)/bin/python -m pytest --quiet tests/test_check_oracles.py tests/test_atlas.py

test-gpu: $(ORACLES) ## write where PyTorch is wrong on a GPU, if there is one (a large download)
	$(SURVEY) cuda

test-peers: $(IMPLEMENTATIONS) ## judge implementations of others, and hold the verdicts against mpmath (a large download)
	$(OTHERS_CODE)/bin/python -m pytest --quiet tests/test_check_peers.py

test-snakemake: $(SNAKEMAKE) ## run the gallery's Snakefile on small lists (a large download)
	$(CLUSTER)/bin/python -m pytest --quiet tests/test_snakefile.py

# on Debian and Ubuntu: apt install texlive-latex-extra texlive-pictures texlive-luatex
test-latex: $(TOOLS) ## compile figures with pdflatex and lualatex
	$(VENV)/bin/python -m pytest --quiet -rs --whole tests/test_figure_in_latex.py

test-versions: ## run the core of the tests on the oldest versions allowed, and on other Pythons
	$(MAKE) --keep-going $(OLDEST)/tested $(OTHERS:%=$(VERSIONS)/on-%/tested)

$(OLDEST)/tested: $(OLDEST)/installed FORCE
	$(OLDEST)/bin/python $(PYTEST) $(CORE)

$(VERSIONS)/on-%/tested: $(VERSIONS)/on-%/installed FORCE
	$(VERSIONS)/on-$*/bin/python $(PYTEST) $(CORE)

FORCE:

lint: $(TOOLS) ## check format, style and types
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy

gallery: gallery/index.html ## draw every function of the catalogue, and a page of them all

# all are drawn anew when anything changes, but only files that come out otherwise are touched
gallery/build/rendered: $(RUN) $(SOURCES) gallery/figures.toml gallery/comparisons.toml
	@mkdir -p gallery/build/page
	$(VENV)/bin/actviz plot --from gallery/figures.toml --if-changed
	$(VENV)/bin/actviz compare --from gallery/comparisons.toml --if-changed
	@touch $@

gallery/index.html: gallery/build/rendered $(wildcard gallery/page.*) gallery/drawing.py
	$(VENV)/bin/python gallery/page.py

bench: $(PEERS) ## measure actviz against its peers, into tests/bench/
	$(BENCH)/bin/python tests/bench/bench.py
	$(BENCH)/bin/python tests/bench/report.py

clean: ## remove everything make has made
	rm -rf $(VENV) $(BENCH) $(FRAMEWORKS) $(CLUSTER) $(OTHERS_CODE) $(VERSIONS) dist
	rm -rf gallery/build gallery/index.html .snakemake
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find actviz tests gallery -name __pycache__ -prune -exec rm -rf {} +

# An environment is remade when its versions change; actviz is installed in place, so its sources
# may change without that.

$(RUN): tests/pins/run.txt pyproject.toml actviz/__init__.py | $(VENV)/bin/pip
	@echo "Installing actviz and what it runs on into $(VENV) ..."
	@$(VENV)/bin/python $(PIP) -r tests/pins/run.txt
	@$(VENV)/bin/python $(PIP) --no-deps --no-build-isolation --editable .
	@$(VENV)/bin/python -c 'import matplotlib.font_manager'  # makes its list of fonts, once
	@touch $@

$(TOOLS): tests/pins/tools.txt $(RUN)
	@echo "Installing the test tools into $(VENV) ..."
	@$(VENV)/bin/python $(PIP) -r tests/pins/tools.txt
	@touch $@

$(PEERS): tests/pins/run.txt tests/pins/peers.txt pyproject.toml | $(BENCH)/bin/pip
	@echo "Installing actviz and its peers into $(BENCH) ..."
	@$(BENCH)/bin/python $(PIP) -r tests/pins/run.txt -r tests/pins/peers.txt
	@$(BENCH)/bin/python $(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

# An environment of its own beside what actviz and its tests need: $1 the folder, $2 what is put into
# it in words, $3 its pins.
define equip
	@echo "Installing actviz and $2 into $1 ..."
	@$1/bin/python $(PIP) -r tests/pins/run.txt -r tests/pins/tools.txt
	@$1/bin/python $(PIP) -r tests/pins/$3.txt
	@$1/bin/python $(PIP) --no-deps --no-build-isolation --editable .
	@touch $@
endef

$(ORACLES): tests/pins/run.txt tests/pins/tools.txt tests/pins/oracles.txt | $(FRAMEWORKS)/bin/pip
	$(call equip,$(FRAMEWORKS),PyTorch and JAX,oracles)

$(SNAKEMAKE): tests/pins/run.txt tests/pins/tools.txt tests/pins/snakemake.txt | $(CLUSTER)/bin/pip
	$(call equip,$(CLUSTER),Snakemake,snakemake)

$(IMPLEMENTATIONS): tests/pins/run.txt tests/pins/tools.txt tests/pins/implementations.txt | $(OTHERS_CODE)/bin/pip
	$(call equip,$(OTHERS_CODE),libraries with activation functions,implementations)

$(OLDEST)/installed: tests/pins/run.txt tests/pins/tools.txt tests/pins/oldest.txt | $(OLDEST)/bin/pip
	$(call equip,$(OLDEST),the oldest that it runs on,oldest)

$(VERSIONS)/on-%/installed: pyproject.toml
	@echo "Installing actviz and the newest that it runs on into $(@D) ..."
	@$* -m venv --clear $(@D)
	@$(@D)/bin/python $(PIP) --editable '.[mpmath]' packaging pytest pytest-xdist hypothesis \
	  python-flint
	@touch $@

%/bin/pip:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit(1)' || { \
	  echo "make: Python 3.11 or newer is needed; name one with: make PYTHON=python3.12" >&2; \
	  exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "make: $(PYTHON) cannot make virtual environments; on Debian and Ubuntu:" \
	       "apt install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv --clear $*
