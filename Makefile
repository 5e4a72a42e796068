# Each verb sets up what it needs, so that a fresh machine needs no other command.
SWIFT ?= swift
FUZZ_SECONDS ?= 600

.PHONY: help setup setup-tests build release run test soak measure bench bench-instructions fuzz lint format clean

help: ## Show the verbs
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

setup: ## Install the Debian packages that building needs
	@scripts/install-packages.sh build

setup-tests: ## Install the Debian packages that building and testing need, Autobahn's test suite, the ACP SDK and two ACP agents
	@scripts/install-packages.sh build test
	@scripts/install-autobahn.sh
	@scripts/install-acp-sdk.sh
	@scripts/install-acp-agents.sh

build: setup ## Build a debug edgecrab
	$(SWIFT) build

PROGRAM = .build/release/edgecrab

release: setup ## Build the edgecrab that users run, .build/release/edgecrab, and the benchmarks
	$(SWIFT) build -c release

run: build ## Start the gateway on the sandbox and print the page's address
	$(SWIFT) run --skip-build edgecrab gateway start --sandbox $(if $(RULES),--rules $(RULES))

# The tests that run the real program run the release build.
test: setup-tests release ## Run every test
	EDGECRAB_PROGRAM=$(CURDIR)/$(PROGRAM) $(SWIFT) test --disable-xctest --no-parallel

SOAK_SEED ?= 1

soak: setup-tests release ## Ask 10,000 posts under 200 random faults and 20 kills, the same for the same SOAK_SEED
	EDGECRAB_SOAK=$(SOAK_SEED) EDGECRAB_PROGRAM=$(CURDIR)/$(PROGRAM) $(SWIFT) test --disable-xctest --no-parallel --filter SoakTests

measure: setup-tests ## Print how long things take, in a debug build
	EDGECRAB_MEASURE=1 $(SWIFT) test --disable-xctest --no-parallel --filter 'MeasureTests|ConversationTests' | grep -E 'median|from !stop'

BENCH = .build/release/RulesBench

bench: release ## Print what deciding costs, for 10 to 10,000 rules, what the tools take, and what the whole gateway does
	@$(BENCH)
	@mkdir -p .build-bench
	@$(BENCH) tools $(PROGRAM) .build-bench
	@.build/release/GatewayBench $(PROGRAM) .build-bench

bench-instructions: bench ## Count a decision's instructions with valgrind
	@scripts/install-packages.sh bench
	@scripts/count-instructions.sh $(BENCH) 10 100 1000 10000

fuzz: setup ## Try made-up bytes on the loader and the matcher, for FUZZ_SECONDS in all
	SWIFT=$(SWIFT) scripts/fuzz.sh $(FUZZ_SECONDS)

lint: ## Check the layout of every Swift file
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks Fuzz rules

format: ## Lay out every Swift file
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks Fuzz rules

clean: ## Remove what was built
	rm -rf .build .build-*
