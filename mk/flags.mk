# Compilers, warnings, hardening, variants.
CC := gcc
PKG_CONFIG ?= pkg-config
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wformat=2 -Wvla -Wundef -Wpointer-arith
WARN_CORE := -Wconversion
HARDEN := -fstack-protector-strong -fstack-clash-protection -fcf-protection
CPPFLAGS += -I. -D_GNU_SOURCE -DMM_VERSION='"$(VERSION)"'
CFLAGS_COMMON := -std=c11 -g -fPIC -fvisibility=hidden $(WARN) $(HARDEN)
LDFLAGS_COMMON := -Wl,-z,relro,-z,now -Wl,-z,noexecstack -Wl,--as-needed

ifdef CI
CFLAGS_COMMON += -Werror
endif

ifeq ($(VARIANT),release)
CFLAGS_VARIANT := -O2 -D_FORTIFY_SOURCE=2
else ifeq ($(VARIANT),asan)
CFLAGS_VARIANT := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all
LDFLAGS_VARIANT := -fsanitize=address,undefined
else ifeq ($(VARIANT),cov)
CFLAGS_VARIANT := -O0 --coverage
LDFLAGS_VARIANT := --coverage
else
$(error VARIANT is one of release, asan, cov)
endif

# What loads into Exim or Dovecot is never sanitized there; its unit tests are.
CFLAGS_MODULE := -O2 -D_FORTIFY_SOURCE=2

COMPILE = $(CC) $(CPPFLAGS) $(CFLAGS_COMMON) $(CFLAGS_VARIANT) $(CFLAGS) -MMD -MP
LINK = $(CC) $(CFLAGS_COMMON) $(CFLAGS_VARIANT) $(LDFLAGS_COMMON) \
	$(LDFLAGS_VARIANT) $(LDFLAGS) -pie

# Evaluated once, when first used.
define pkg
$(eval $(1)_CFLAGS := $$(shell $$(PKG_CONFIG) --cflags $(2)))
$(eval $(1)_LIBS := $$(shell $$(PKG_CONFIG) --libs $(2)))
endef

# Short lines; `make V=1` shows the commands.
ifdef V
say = @:
else
Q := @
say = @echo "  $(1)	$@"
endif

PROGRAMS :=
MODULES :=

# Objects of a list of sources: $(call objects,core/buf.c ...)
objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))

# Per-file flags: FLAGS_mamorid/inspect (a folder) and so on.
$(BUILD)/obj/%.o: %.c
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(COMPILE) $(FLAGS_$(patsubst %/,%,$(dir $*))) -c $< -o $@
