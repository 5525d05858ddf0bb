# Makefile: the whole project, non-recursive; every .c below a folder of
# LIB_DIRS, cli/, tests/unit/ and tests/bench/ is found by itself.
#
#   make             build/tocsind and build/tocsin
#   make run         the sample, end to end, in this terminal
#   make check       all tests; SAN=address,undefined and CC=clang work
#   make lint        format, clang-tidy, cppcheck, layers, shellcheck
#   make bench       the table of measurements
#   make install     below DESTDIR and PREFIX
#   make clean

VERSION := 0.1.0
PREFIX ?= /usr/local
CC := $(if $(filter default,$(origin CC)),gcc,$(CC))
SAN ?=
BUILD ?= build$(if $(SAN),-san)$(if $(filter gcc,$(CC)),,-$(notdir $(CC)))

LIB_DIRS := base config feeds filters net store alerts daemon
PACKAGES := libcurl libxml-2.0 libevent_core libevent_extra yaml-0.1 jansson \
	sqlite3 libcrypto libcares icu-uc icu-i18n libpcre2-8
TEST_PACKAGES := cmocka

# So that `make clean` and the installer of what is missing work without them.
pkg = $(shell pkg-config $(1) $(2) 2>/dev/null)

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla -Wswitch-enum \
	-Wformat=2 -Wundef -Wno-format-nonliteral -Werror=implicit
WERROR ?=
OPT ?= -O2 -g
HARDEN := -fstack-protector-strong -fPIE -ftrivial-auto-var-init=zero \
	$(if $(SAN),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-clash-protection)
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all \
	-fno-omit-frame-pointer)
CPPFLAGS += -I. -I$(BUILD)/gen -D_GNU_SOURCE -DTOCSIN_VERSION='"$(VERSION)"'
CFLAGS += -std=c17 $(OPT) $(WARN) $(WERROR) $(HARDEN) $(SANFLAGS) \
	$(call pkg,--cflags,$(PACKAGES))
LDFLAGS += -pie -Wl,-z,relro,-z,now $(SANFLAGS)
LDLIBS += $(call pkg,--libs,$(PACKAGES)) -lm

objects = $(patsubst %.c,$(BUILD)/%.o,$(1))
LIB_SRC := $(filter-out daemon/main.c,$(wildcard $(LIB_DIRS:%=%/*.c)))
CLI_SRC := $(wildcard cli/*.c)
TEST_SRC := $(wildcard tests/unit/test_*.c)
TEST_HELP_SRC := $(filter-out $(TEST_SRC),$(wildcard tests/unit/*.c tests/fake/*.c))
TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(TEST_SRC))
LIB := $(BUILD)/libtocsin.a
ALL_SRC := $(LIB_SRC) $(CLI_SRC) $(wildcard daemon/main.c tests/*/*.c tools/*.c)

.PHONY: all run check unit lint bench install clean man deps test-deps
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
$(BUILD)/filters/fold.o: $(BUILD)/gen/unicode_tables.h

$(LIB): $(call objects,$(LIB_SRC))
	@rm -f $@
	@echo '  AR   $@'
	@ar rcs $@ $^

$(BUILD)/tocsind: $(call objects,daemon/main.c) $(LIB)
	@echo '  LD   $@'
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/tocsin: $(call objects,$(CLI_SRC)) $(LIB)
	@echo '  LD   $@'
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/tests/%: $(BUILD)/tests/unit/%.o $(call objects,$(TEST_HELP_SRC)) $(LIB)
	@mkdir -p $(@D)
	@echo '  LD   $@'
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) $(call pkg,--libs,$(TEST_PACKAGES))

$(BUILD)/gen-man: $(call objects,tools/gen-man.c) $(LIB)
	@echo '  LD   $@'
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# The lists of options in the manual page; the unit tests compare.
man: $(BUILD)/gen-man
	@$< docs/man/tocsin.yaml.5 > $(BUILD)/page
	@cp $(BUILD)/page docs/man/tocsin.yaml.5

unit: $(TESTS)
	@set -e; for t in $(TESTS); do echo "== $$(basename $$t)"; \
	    TOCSIN_DATA=$${TOCSIN_DATA:-../shared/data} $$t; done

clean:
	rm -rf build build-*
