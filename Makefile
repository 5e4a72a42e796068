# Each target installs its dependencies, so that it is the only command that a fresh machine needs.
SWIFT ?= swift
FUZZ_SECONDS ?= 600

.PHONY: help setup setup-tests build release run test soak bench bench-instructions fuzz lint format clean

help: ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

setup: ## Install the Debian packages for building
	@scripts/install-packages.sh build

setup-tests: ## Install the Debian packages for testing, Autobahn's test suite, the ACP SDK, two ACP agents, Prometheus and OTLP
	@scripts/install-packages.sh build test
	@scripts/install-autobahn.sh
	@scripts/install-acp-sdk.sh
	@scripts/install-acp-agents.sh
	@scripts/install-prometheus.sh
	@scripts/install-otlp.sh

build: setup ## Build a debug version
	$(SWIFT) build

PROGRAM = .build/release/edgecrab

# Swift's libraries are linked in: the program runs without the toolchain.
release: setup ## Build the release version, .build/release/edgecrab, and the benchmarks
	$(SWIFT) build -c release --static-swift-stdlib

run: build ## Start the gateway on the sandbox and print the page's address
	$(SWIFT) run --skip-build edgecrab gateway start --sandbox $(if $(RULES),--rules $(RULES))

# Tests that start the program use the release build.
test: setup-tests release ## Run every test
	EDGECRAB_PROGRAM=$(CURDIR)/$(PROGRAM) $(SWIFT) test --disable-xctest --no-parallel

SOAK_SEED ?= 1

soak: setup-tests release ## Post 10,000 messages under 200 random faults and 20 kills; SOAK_SEED selects the sequence
	EDGECRAB_SOAK=$(SOAK_SEED) EDGECRAB_PROGRAM=$(CURDIR)/$(PROGRAM) $(SWIFT) test --disable-xctest --no-parallel --filter SoakTests

BENCH = .build/release/RulesBench

# BENCH_GROUPS names the only groups of GatewayBench to measure, such as "echo flood".
GATEWAY_BENCH = .build/release/GatewayBench $(PROGRAM) .build-bench/python .build-bench

bench: release ## Measure decisions with 10 to 10,000 rules, the tools, and the whole gateway beside a bare script
	@scripts/install-packages.sh bench
	@mkdir -p .build-bench
	@scripts/install-bench-script.sh
	@$(BENCH)
	@$(BENCH) tools $(PROGRAM) .build-bench
	@$(GATEWAY_BENCH) $(BENCH_GROUPS)

bench-instructions: bench ## Count the instructions of a decision, a post and an answer with valgrind
	@scripts/install-packages.sh instructions
	@scripts/count-instructions.sh $(BENCH) 10 100 1000 10000
	@$(GATEWAY_BENCH) instructions

fuzz: setup ## Fuzz the loader, the matcher and the reading of frames for FUZZ_SECONDS in total
	SWIFT=$(SWIFT) scripts/fuzz.sh $(FUZZ_SECONDS)

lint: ## Check the format of every Swift file, and that no folders of a target use each other in a ring
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks Fuzz rules
	@scripts/check-folders.py --quiet

format: ## Format every Swift file
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks Fuzz rules

clean: ## Remove build products
	rm -rf .build .build-*
