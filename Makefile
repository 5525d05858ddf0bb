# Makefile: the whole project, non-recursive; every .c below a folder of
# LIB_DIRS, cli/, tests/unit/, tests/fuzz/ and tests/bench/ is found by itself.
#
#   make             build/tocsind and build/tocsin
#   make run         the sample, end to end, in this terminal
#   make check       all tests; SAN=address,undefined and CC=clang work
#   make unit        the unit tests alone; make e2e: the end-to-end tests alone
#   make faults-short  the daemon through 120 faults: kills, I/O errors, power
#                    cuts, clocks, receivers; make faults: through 1,000, and
#                    planted bugs, that the checker must find
#   make lint        format, layers, lengths, clang-tidy, cppcheck, shellcheck
#   make fuzz        each fuzz target for FUZZ_SECONDS, by libFuzzer or, with
#                    FUZZER=afl, by AFL++
#   make quality     filters against what people labelled: docs/QUALITY.md
#   make man         the lists of options in docs/man/tocsin.yaml.5
#   make bench       the table of measurements; draws docs/match.svg
#   make stories     how well copies of an item are told: docs/STORIES.md
#   make install     below DESTDIR and PREFIX; make uninstall
#   make clean
#
# run, check, lint, faults, fuzz and bench first let tools/deps install what is missing
# and then call make again, so that the flags of the libraries are known.

VERSION := 0.1.0
PREFIX ?= /usr/local
CC := $(if $(filter default,$(origin CC)),gcc,$(CC))
SAN ?=
BUILD ?= build$(if $(SAN),-san)$(if $(filter gcc,$(CC)),,-$(notdir $(CC)))

LIB_DIRS := base config feeds filters net store alerts daemon
PACKAGES := libcurl libevent_core libevent_extra yaml-0.1 jansson \
	sqlite3 libcrypto libcares icu-uc icu-i18n libpcre2-8 zlib
TEST_PACKAGES := cmocka
BENCH_PACKAGES := libxml-2.0 # the yardstick

# So that `make clean` and the installer of what is missing work without them.
pkg = $(shell pkg-config $(1) $(2) 2>/dev/null)

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla -Wswitch-enum \
	-Wformat=2 -Wundef -Wno-format-nonliteral -Werror=implicit
WERROR ?=
OPT ?= -O2 -g
# clang 14 has the flag under a name that it threatens to remove.
HARDEN := -fstack-protector-strong -fPIE -ftrivial-auto-var-init=zero \
	$(if $(findstring clang,$(CC)),-enable-trivial-auto-var-init-zero-knowing-it-will-be-removed-from-clang) \
	$(if $(SAN),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-clash-protection)
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all \
	-fno-omit-frame-pointer)
CPPFLAGS += -I. -I$(BUILD)/gen -D_GNU_SOURCE -DTOCSIN_VERSION='"$(VERSION)"'
PKG_CFLAGS := $(call pkg,--cflags,$(PACKAGES)) $(call pkg,--cflags,$(BENCH_PACKAGES))
CFLAGS += -std=c17 $(OPT) $(WARN) $(WERROR) $(HARDEN) $(SANFLAGS) $(PKG_CFLAGS)
LDFLAGS += -pie -Wl,-z,relro,-z,now $(SANFLAGS)
LDLIBS += $(call pkg,--libs,$(PACKAGES)) -lm

ifeq ($(filter-out all install,$(or $(MAKECMDGOALS),all)),)
ifeq ($(shell pkg-config --exists $(PACKAGES) 2>/dev/null && command -v $(firstword $(CC))),)
$(error the compiler or libraries are missing; `tools/deps build` installs them)
endif
endif

objects = $(patsubst %.c,$(BUILD)/%.o,$(1))
LIB_SRC := $(filter-out daemon/main.c,$(wildcard $(LIB_DIRS:%=%/*.c)))
CLI_SRC := $(wildcard cli/*.c)
TEST_SRC := $(wildcard tests/unit/test_*.c)
TEST_HELP_SRC := $(filter-out $(TEST_SRC),$(wildcard tests/unit/*.c tests/fake/*.c))
ALL_SRC := $(LIB_SRC) $(CLI_SRC) $(wildcard daemon/main.c tests/*/*.c tools/*.c)
ALL_HEADERS := $(wildcard $(LIB_DIRS:%=%/*.h) cli/*.h tests/*/*.h tools/*.h)
SHELL_SCRIPTS := .ci/run tests/bench/run tests/run $(addprefix tools/,deps lint-functions mkpacks plot-match run)

LIB := $(BUILD)/libtocsin.a
# Simulations: linked with a loop and an HTTP client of their own.
SIM_SRC := $(wildcard tests/sim/test_*.c)
SIM_HELP_SRC := $(filter-out $(SIM_SRC),$(wildcard tests/sim/*.c))
TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(TEST_SRC)) \
	$(patsubst tests/sim/%.c,$(BUILD)/tests/sim-%,$(SIM_SRC))
E2E := $(wildcard tests/e2e/test_*.py)
FUZZERS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/fuzz/fuzz_*.c))
BENCH_HELP_SRC := tests/bench/corpus.c tests/bench/news.c
BENCHES := $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/bench_*.c))
FUZZ_SECONDS ?= 60
FUZZER ?= libfuzzer

.PHONY: all run check unit e2e faults faults-short lint fuzz bench stories quality man install uninstall clean \
	run-now check-now faults-now faults-short-now lint-now fuzz-now bench-now
.DELETE_ON_ERROR:
.SECONDARY:
all: $(BUILD)/tocsind $(BUILD)/tocsin

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo '  CC   $<'
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# The tables of the text matcher come from Debian's unicode-data.
UNICODE_DATA ?= /usr/share/unicode
$(BUILD)/mktables: tools/mktables.c filters/charinfo.h
	@mkdir -p $(@D)
	@echo '  CC   $<'
	@$(CC) -std=c17 -O1 $(WARN) $(WERROR) -I. -o $@ $<
$(BUILD)/gen/unicode_tables.h: $(BUILD)/mktables
	@mkdir -p $(@D)
	@echo '  GEN  $@'
	@$(BUILD)/mktables $(UNICODE_DATA) >$@
$(BUILD)/filters/fold.o $(BUILD)/filters/nfc.o: $(BUILD)/gen/unicode_tables.h

# Entity packs stand in the program itself.
PACK_FILES := $(wildcard packs/*.yaml)
$(BUILD)/gen/pack_texts.h: tools/mkpacks $(PACK_FILES)
	@mkdir -p $(@D)
	@echo '  GEN  $@'
	@tools/mkpacks $(PACK_FILES) >$@
$(BUILD)/config/packs.o: $(BUILD)/gen/pack_texts.h

$(LIB): $(call objects,$(LIB_SRC))
	@rm -f $@
	@echo '  AR   $@'
	@ar rcs $@ $^

define link
@mkdir -p $(@D)
@echo '  LD   $@'
@$(CC) $(CFLAGS) $(LDFLAGS) $(1) -o $@ $^ $(LDLIBS) $(2)
endef

$(BUILD)/tocsind: $(call objects,daemon/main.c) $(LIB)
	$(call link)

$(BUILD)/tocsin: $(call objects,$(CLI_SRC)) $(LIB)
	$(call link)

$(BUILD)/demo: $(call objects,tools/demo.c) $(LIB)
	$(call link)

# Here filters/ counts its steps: a call at each basic block.
COUNTED := $(patsubst %.c,$(BUILD)/counted/%.o,$(wildcard filters/*.c))
$(BUILD)/counted/%.o: %.c $(BUILD)/gen/unicode_tables.h
	@mkdir -p $(@D)
	@echo '  CC   $< (counted)'
	@$(CC) $(CPPFLAGS) $(CFLAGS) -fsanitize-coverage=trace-pc -MMD -MP -c -o $@ $<

$(BUILD)/tests/test_hostile_text: $(BUILD)/tests/unit/test_hostile_text.o \
    $(call objects,$(TEST_HELP_SRC)) $(COUNTED) $(LIB)
	$(call link,,$(call pkg,--libs,$(TEST_PACKAGES)))

$(BUILD)/tests/%: $(BUILD)/tests/unit/%.o $(call objects,$(TEST_HELP_SRC)) $(LIB)
	$(call link,,$(call pkg,--libs,$(TEST_PACKAGES)))

$(BUILD)/tests/sim-%: $(BUILD)/tests/sim/%.o $(call objects,$(SIM_HELP_SRC)) $(LIB)
	$(call link,,$(call pkg,--libs,$(TEST_PACKAGES)))

$(BUILD)/bench/%: $(BUILD)/tests/bench/%.o $(call objects,$(BENCH_HELP_SRC)) $(LIB)
	$(call link,,$(call pkg,--libs,$(BENCH_PACKAGES)) $(call pkg,--libs,libhs))

$(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(LIB)
	$(call link,-fsanitize=fuzzer)

# The object is newer than all it includes, so its stamp is stale when one of
# them has changed.
$(BUILD)/%.tidy: $(BUILD)/%.o .clang-tidy
	@echo '  TIDY $*.c'
	@clang-tidy --quiet $*.c -- -std=c17 $(CPPFLAGS) $(PKG_CFLAGS) 2>$@.err \
	    || { cat $@.err; exit 1; }
	@mv $@.err $@

DEPS_OF_run := build
DEPS_OF_check := build test $(if $(findstring clang,$(CC)),lint full)
DEPS_OF_faults := build test faults
DEPS_OF_faults-short := build test faults
DEPS_OF_lint := build test lint
DEPS_OF_fuzz := build full $(if $(filter afl,$(FUZZER)),afl)
DEPS_OF_bench := build test full bench
FLAGS_OF_lint := --keep-going
FLAGS_OF_fuzz = $(FLAGS_OF_$(FUZZER))
FLAGS_OF_libfuzzer := CC=clang SAN=fuzzer-no-link,address,undefined BUILD=build-fuzz
FLAGS_OF_afl := CC=afl-clang-fast SAN=address,undefined BUILD=build-afl
run check faults faults-short lint fuzz bench:
	@tools/deps $(DEPS_OF_$@)
	@$(MAKE) --no-print-directory $(FLAGS_OF_$@) \
	    $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$$(nproc)) $@-now

run-now: all $(BUILD)/demo
	@tools/run $(BUILD)

check-now: all $(TESTS)
	@tests/run $(BUILD) $(TESTS) $(E2E)

$(BUILD)/gen-man: $(call objects,tools/gen-man.c) $(LIB)
	$(call link)

# The lists of options in the manual page; the unit tests compare.
man: $(BUILD)/gen-man
	@$< docs/man/tocsin.yaml.5 > $(BUILD)/page
	@cp $(BUILD)/page docs/man/tocsin.yaml.5

unit: $(TESTS)
	@tests/run $(BUILD) $(TESTS)

e2e: all
	@tests/run $(BUILD) $(E2E)

# As a replay: tests/faults/run --seed S --kind K --first I --points 1
FAULTS_SEED ?= $(shell date +%s)
FAULTS_POINTS ?= 1000
faults-now: all
	@TOCSIN_BUILD=$(BUILD) tests/faults/test_checker.py --planted
	@tests/faults/run --build $(BUILD) --seed $(FAULTS_SEED) \
	    --points $(FAULTS_POINTS) --keep-going

faults-short-now: all
	@TOCSIN_BUILD=$(BUILD) tests/faults/test_checker.py
	@tests/faults/run --build $(BUILD) --seed $(FAULTS_SEED) --points 120

lint-now: all $(patsubst %.c,$(BUILD)/%.tidy,$(ALL_SRC))
	@echo '  LINT format'
	@clang-format --dry-run -Werror $(ALL_SRC) $(ALL_HEADERS)
	@echo '  LINT layers, functions, scripts, manual'
	@tools/lint-layers --self-test
	@tools/lint-layers
	@tools/lint-functions $(ALL_SRC)
	@shellcheck $(SHELL_SCRIPTS)
	@mandoc -T lint -W warning $(wildcard docs/man/*.[1-8])
	@echo '  LINT cppcheck'
	@cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 -j 2 \
	    --enable=warning,performance,portability -I. -I$(BUILD)/gen \
	    -D_GNU_SOURCE --include=$(firstword $(wildcard /usr/include/*/sys/queue.h)) \
	    --include=/usr/include/jansson.h \
	    --suppressions-list=tools/cppcheck.txt $(LIB_SRC) $(CLI_SRC) daemon/main.c
	@echo 'lint: clean'

fuzz-now: $(FUZZERS)
	@tests/fuzz/run $(BUILD) $(FUZZ_SECONDS) $(FUZZER)

bench-now: all $(BENCHES)
	@tests/bench/run $(BUILD)

DATA = $(or $(TOCSIN_DATA),../shared/data)
# Of the mean F1.
QUALITY_FLOOR ?= 0.73
quality: all
	@tools/quality --build $(BUILD) --data $(DATA) --floor $(QUALITY_FLOOR)

stories: $(BUILD)/bench/measure_stories
	@$< $(DATA)

# The unit names the programs of a package, which stand below /usr.
install: all
	install -d $(addprefix $(DESTDIR)$(PREFIX)/,bin lib/systemd/system \
	    lib/sysusers.d lib/tmpfiles.d share/doc/tocsin/examples share/doc/tocsin/formats \
	    share/tocsin/packs share/man/man1 share/man/man5 share/man/man7 share/man/man8)
	install $(BUILD)/tocsind $(BUILD)/tocsin $(DESTDIR)$(PREFIX)/bin
	for s in 1 5 7 8; do install -m 644 docs/man/*.$$s \
	    $(DESTDIR)$(PREFIX)/share/man/man$$s || exit; done
	sed 's|/usr/bin/toc|$(PREFIX)/bin/toc|g' systemd/tocsind.service \
	    >$(DESTDIR)$(PREFIX)/lib/systemd/system/tocsind.service
	install -m 644 systemd/tocsin.sysusers \
	    $(DESTDIR)$(PREFIX)/lib/sysusers.d/tocsin.conf
	install -m 644 systemd/tocsin.tmpfiles \
	    $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/tocsin.conf
	install -m 644 $(PACK_FILES) $(DESTDIR)$(PREFIX)/share/tocsin/packs
	install -m 644 README.md CHANGELOG.md SECURITY.md LICENSE \
	    docs/ALERT.md docs/ARCHITECTURE.md $(DESTDIR)$(PREFIX)/share/doc/tocsin
	install -m 644 docs/example.yaml \
	    $(DESTDIR)$(PREFIX)/share/doc/tocsin/examples/tocsin.yaml
	install -m 644 docs/formats/* $(DESTDIR)$(PREFIX)/share/doc/tocsin/formats

# Configuration and state are the user's.
uninstall:
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/,bin/tocsind bin/tocsin \
	    lib/systemd/system/tocsind.service lib/sysusers.d/tocsin.conf \
	    lib/tmpfiles.d/tocsin.conf)
	for f in docs/man/*; do rm -f \
	    "$(DESTDIR)$(PREFIX)/share/man/man$${f##*.}/$${f##*/}"; done
	rm -rf $(DESTDIR)$(PREFIX)/share/tocsin $(DESTDIR)$(PREFIX)/share/doc/tocsin

clean:
	rm -rf build build-*
