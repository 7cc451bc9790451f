# COUNT figures, each by a process of its own: make -j2 -f figures.mk COUNT=24 PYTHON=... PEERS=...
FIGURES := $(patsubst %,b/%.svg,$(shell seq $(COUNT)))

all: $(FIGURES)

b/%.svg:
	@$(PYTHON) $(PEERS)/figure.py $@
