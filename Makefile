# usher: `make run` shows it, `make test` is what a change must pass, `make install` puts it into place.

SWIFT ?= swift
BUILD ?= .build
PREFIX ?= /usr/local
SOURCES = Sources Tests Package.swift bench/Sources bench/Package.swift fuzz/Sources fuzz/Package.swift
# A target imports only what Package.swift lists for it.
FLAGS = --build-path $(BUILD) --explicit-target-dependency-import-check error
# That no variable is read while it is changed is checked by every debug build and all tests: a tenth of the time that
# usher itself, not the kernel, spends on a connection. The layers are a matter of the sources: what is called across them is
# inlined and made for its types as if all were one module, which is an eighth more.
RELEASE_FLAGS = $(FLAGS) -c release --static-swift-stdlib -Xswiftc -enforce-exclusivity=unchecked \
  -Xswiftc -cross-module-optimization --product usher $(LINKING)
# What is not called is left out, what nobody looks up has no name, and the 44,000 pointers in tables that the dynamic linker
# moves are 9 KB of bitmap, not 1 MB of records (DT_RELR, glibc 2.36). libstdc++ is in the program: of the shared one the Swift
# runtime needs some strings and maps, and each start pays for all of it (docs/performance.md).
LINKING = -Xswiftc -Xfrontend -Xswiftc -function-sections -Xswiftc -use-ld=lld -Xlinker --no-export-dynamic \
  -Xlinker -z -Xlinker pack-relative-relocs -Xlinker --as-needed -Xswiftc -L$(BUILD)/archives
# The C++ compiler of the toolchain knows where the one of this machine is.
LIBSTDCXX = $(shell $(patsubst %swift,%clang,$(SWIFT)) -print-file-name=libstdc++.a)

# Where shells look for completions, below PREFIX/share.
COMPLETIONS = bash-completion/completions/usher zsh/site-functions/_usher fish/vendor_completions.d/usher.fish
shell-of = $(patsubst bash-completion%,bash,$(firstword $(subst /, ,$(1))))

.DEFAULT_GOAL := help
.PHONY: help run build test lint format release bench fuzz install uninstall clean

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
	@mkdir -p $(BUILD)/archives && ln -sf $(LIBSTDCXX) $(BUILD)/archives/libstdc++.a
	$(SWIFT) build $(RELEASE_FLAGS)
	strip -o $(BUILD)/usher $(BUILD)/release/usher

bench: release ## Measures usher beside HAProxy, nginx, sslh, stunnel and hitch, as root; QUICK=1 takes a few minutes
	@scripts/bootstrap bench
	$(SWIFT) build --package-path bench -c release
	bench/run $(if $(QUICK),--quick) --usher $(BUILD)/usher

fuzz: ## Runs libFuzzer on what reads strangers' bytes, SECONDS=60 each
	fuzz/run $(SECONDS)

install: ## Installs what `make release` built, and all that belongs to it, under PREFIX (and DESTDIR)
	@test -x $(BUILD)/usher || { echo "make: first build it: make release" >&2; exit 1; }
	install -D -m 755 $(BUILD)/usher $(DESTDIR)$(PREFIX)/sbin/usher
	install -m 755 packaging/usher-transparent $(DESTDIR)$(PREFIX)/sbin/usher-transparent
	install -D -m 644 packaging/man/usher.1 $(DESTDIR)$(PREFIX)/share/man/man1/usher.1
	install -D -m 644 packaging/man/usher-rules.5 $(DESTDIR)$(PREFIX)/share/man/man5/usher-rules.5
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system $(addprefix $(DESTDIR)$(PREFIX)/share/,$(dir $(COMPLETIONS)))
	sed 's|/usr/local/|$(PREFIX)/|' packaging/systemd/usher.service > $(DESTDIR)$(PREFIX)/lib/systemd/system/usher.service
	install -m 644 packaging/systemd/usher.socket $(DESTDIR)$(PREFIX)/lib/systemd/system/usher.socket
	$(foreach file,$(COMPLETIONS),$(BUILD)/usher --generate-completion-script $(call shell-of,$(file)) \
	  > $(DESTDIR)$(PREFIX)/share/$(file) &&) true

uninstall: ## Takes away what `make install` installed
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/sbin/,usher usher-transparent)
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/share/,$(COMPLETIONS) man/man1/usher.1 man/man5/usher-rules.5)
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/lib/systemd/system/,usher.service usher.socket)

clean: ## Takes away what was built
	rm -rf .build .build-*
