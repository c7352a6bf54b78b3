# One graph, non-recursive; a fragment a folder in mk/. Outputs only in
# $(BUILD) = build/$(VARIANT).
VARIANT ?= release
BUILDROOT ?= build
BUILD := $(BUILDROOT)/$(VARIANT)
PREFIX ?= /usr
SYSCONFDIR ?= /etc
VERSION := 0.1.0

.DEFAULT_GOAL := all
.SECONDEXPANSION:
.DELETE_ON_ERROR:

include mk/flags.mk
include mk/core.mk
include mk/mamorid.mk
include mk/mamorictl.mk
include mk/exim_local_scan.mk
include mk/tests.mk
include mk/e2e.mk
include mk/fuzz.mk
include mk/bench.mk
include mk/lint.mk
include mk/docs.mk
include mk/install.mk
include mk/settings.mk

.PHONY: all clean
all: $(PROGRAMS) $(MODULES)

clean:
	rm -rf $(BUILDROOT)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
