# Everything here is one line; the logic is in tools/, in Python with nothing but the standard library.
PYTHON ?= python3
LAYERS ?=
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help test quick demo lint bench smoke

help:  ## what there is
	@awk -F':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

test:  ## linters and all tests that this machine allows; LAYERS="unit contract" picks layers
	@$(PYTHON) -m tools.test $(LAYERS)

quick:  ## one layer on the test site as it stands: LAYERS=site ARGS="-k deposit -x"
	@$(PYTHON) -m tools.quick $(or $(LAYERS),site) $(ARGS)

demo:  ## a believable dealership to look at; ARGS="--yes --no-serve --fresh"
	@$(PYTHON) -m tools.demo $(ARGS)

lint:  ## the linters alone
	@$(PYTHON) -m tools.lint

bench:  ## the benchmarks (never part of pass or fail on time)
	@if [ -f benchmarks/run.py ]; then $(PYTHON) benchmarks/run.py $(ARGS); else echo "benchmarks/run.py is not there yet"; fi

smoke:  ## the few tests against Stripe's test mode; STRIPE_TEST_KEY=sk_test_... ARGS="-k reader"
	@$(PYTHON) -m tools.smoke $(ARGS)
