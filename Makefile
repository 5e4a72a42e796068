# Each target that builds or tests installs its dependencies, so that it is the only command that a fresh machine needs.
SWIFT ?= swift
FUZZ_SECONDS ?= 600

# What `edgecrab --version` prints, if this is a Git checkout. The commit's time is also that of the files in packages.
export EDGECRAB_COMMIT := $(shell git describe --always --dirty --abbrev=12 --exclude='*' 2>/dev/null)
export EDGECRAB_COMMIT_DATE := $(shell git log -1 --format=%cs 2>/dev/null)

.PHONY: help setup setup-tests build release program run test soak soak-cluster bench bench-store bench-instructions fuzz lint format clean
.NOTPARALLEL:
.PHONY: bench-cluster manual notices install uninstall dist test-package image

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

release: setup program ## Build the release version, .build/release/edgecrab, and the benchmarks

# Swift's libraries are linked in: the program runs without the toolchain. No path of this machine gets into it; but
# Swift's hashes of modules differ with the path of the folder (the section .swift_modhash, and so the build's id).
program:
	$(SWIFT) build -c release --static-swift-stdlib \
	  -Xswiftc -file-prefix-map -Xswiftc $(CURDIR)=. -Xcc -ffile-prefix-map=$(CURDIR)=. -Xlinker -z -Xlinker now

run: build ## Start the gateway on the sandbox and print the page's address
	$(SWIFT) run --skip-build edgecrab gateway start --sandbox $(if $(RULES),--rules $(RULES))

# Tests that start the program use the release build.
test: setup-tests release ## Run every test
	$(SWIFT) build --build-tests
	SWIFT=$(SWIFT) scripts/run-tests.sh $(CURDIR)/$(PROGRAM)

SOAK_SEED ?= 1
SOAK_POSTS ?= 10000
SOAK = EDGECRAB_SOAK=$(SOAK_SEED) EDGECRAB_SOAK_POSTS=$(SOAK_POSTS) EDGECRAB_PROGRAM=$(CURDIR)/$(PROGRAM) \
  $(SWIFT) test --disable-xctest --no-parallel --filter

soak: setup-tests release ## Post SOAK_POSTS messages (10,000) under random faults of server and gateway; SOAK_SEED selects the sequence
	$(SOAK) '\.SoakTests'

soak-cluster: setup-tests release ## The same with three gateways that share a PostgreSQL, under faults of both and of the networks between them
	$(SOAK) '\.ClusterSoakTests'

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

bench-store: release ## Measure the store in PostgreSQL beside the one in SQLite; BENCH_GROUPS="posts latency" for a part
	@scripts/install-packages.sh test
	@.build/release/StoreBench $(BENCH_GROUPS)

# BENCH_RUNS is the number of gateways that are stopped, and of those that are killed.
bench-cluster: release ## Measure three gateways on PostgreSQL beside one on SQLite; BENCH_GROUPS="idle takeover" for a part
	@scripts/install-packages.sh test
	@.build/release/ClusterBench $(PROGRAM) $(BENCH_GROUPS)

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

MANUAL = .build/manual

manual: ## Write the manual pages and the completions for shells, from the program's own help, to .build/manual
	SWIFT=$(SWIFT) scripts/write-manual.sh $(PROGRAM) $(MANUAL)

notices: ## Write the licences of what is linked in to .build/NOTICE
	@SWIFT=$(SWIFT) scripts/third-party.py notice >.build/NOTICE.new
	@mv .build/NOTICE.new .build/NOTICE

PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
UNITDIR ?= $(PREFIX)/lib/systemd/system
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions
INSTALL_PROGRAM ?= install --strip
INSTALLATION = PREFIX=$(PREFIX) SYSCONFDIR=$(SYSCONFDIR) UNITDIR=$(UNITDIR) ZSHDIR=$(ZSHDIR) \
  INSTALL_PROGRAM="$(INSTALL_PROGRAM)" DESTDIR=$(DESTDIR)

install: ## After `make release manual notices`: install below PREFIX (/usr/local); configuration in SYSCONFDIR (/etc)
	@$(INSTALLATION) scripts/install.sh $(PROGRAM) $(MANUAL)

uninstall: ## Remove what `make install` installed, but no configuration
	@$(INSTALLATION) scripts/install.sh --remove

dist: release ## Build the Debian packages, an archive, the bill of materials and checksums in dist/
	@scripts/install-packages.sh dist
	SWIFT=$(SWIFT) scripts/build-dist.sh $(PROGRAM)

test-package: dist ## Install, use, upgrade, remove and purge the package on this machine; needs root
	@scripts/install-packages.sh test-package
	@scripts/install-cyclonedx.sh
	/usr/bin/python3 Tests/Package/test_package.py

image: dist ## Build a container image in dist/, from the Debian package and without an engine; needs root
	@scripts/install-packages.sh image
	scripts/build-image.sh

clean: ## Remove build products
	rm -rf .build .build-* dist
