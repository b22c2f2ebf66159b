# usher: `make run` shows it, `make test` is what a change must pass, `make install` puts it into place.

SWIFT ?= swift
BUILD ?= .build
PREFIX ?= /usr/local
SOURCES = Sources Tests Package.swift bench/Sources bench/Package.swift
# A target imports only what Package.swift lists for it.
FLAGS = --build-path $(BUILD) --explicit-target-dependency-import-check error
RELEASE_FLAGS = $(FLAGS) -c release --static-swift-stdlib --product usher

.DEFAULT_GOAL := help
.PHONY: help run build test lint format release bench install uninstall clean

help: ## Says what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1@\2/p' $(MAKEFILE_LIST) | column -t -s @

run: ## Builds usher and shows it at work: nothing to configure, nothing of this machine is touched
	@scripts/bootstrap build
	@$(SWIFT) build $(FLAGS) --product usher
	@$(BUILD)/debug/usher demo

build: ## Builds usher for development
	@scripts/bootstrap build
	$(SWIFT) build $(FLAGS) --product usher

test: ## Style, layers, and all tests, with real mail servers and clients; FILTER=Name runs some of them
	@scripts/bootstrap test
	$(SWIFT) format lint --strict --parallel -r $(SOURCES)
	$(SWIFT) build $(FLAGS) --build-tests
	$(SWIFT) test $(FLAGS) --skip-build $(if $(FILTER),--filter $(FILTER))

lint: ## Style only
	$(SWIFT) format lint --strict --parallel -r $(SOURCES)

format: ## Puts the sources into the one style
	$(SWIFT) format -i --parallel -r $(SOURCES)

release: ## Builds the program to install: optimised, one file, stripped
	@scripts/bootstrap build
	$(SWIFT) build $(RELEASE_FLAGS)
	strip -o $(BUILD)/usher $(BUILD)/release/usher

bench: release ## Measures usher beside HAProxy, nginx, sslh, stunnel and hitch, as root; QUICK=1 takes two minutes
	@scripts/bootstrap bench
	$(SWIFT) build --package-path bench -c release
	bench/run $(if $(QUICK),--quick) --usher $(BUILD)/usher

install: ## Installs what `make release` built, and all that belongs to it, under PREFIX (and DESTDIR)
	@test -x $(BUILD)/usher || { echo "make: first build it: make release" >&2; exit 1; }
	install -D -m 755 $(BUILD)/usher $(DESTDIR)$(PREFIX)/sbin/usher

uninstall: ## Takes away what `make install` installed
	rm -f $(DESTDIR)$(PREFIX)/sbin/usher

clean: ## Takes away what was built
	rm -rf .build .build-*
