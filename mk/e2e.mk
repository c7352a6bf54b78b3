# End-to-end tests and the demo: real servers, by tests/rig. As root.
E2E_PYTEST := /usr/bin/python3 -B -m pytest -p no:cacheprovider
E2E_TESTS ?= tests/e2e
# Preloaded into mamorid by tests that put faults into it; never sanitized.
FAULTS := $(BUILD)/faults.so
E2E_NEEDS := $(PROGRAMS) $(MODULES) $(FAULTS)

$(FAULTS): tests/faults/faults.c
	$(call say,LD)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -O2 $(WARN) -D_GNU_SOURCE -fPIC -shared -o $@ $< -ldl

.PHONY: deps check-e2e check-e2e-run demo demo-run

# At once and without network when all is there.
deps:
	tools/install-deps build test

# A make of its own: this one has asked pkg-config before the packages came.
check-e2e demo: deps
	$(MAKE) --no-print-directory $@-run

check-e2e-run: $(E2E_NEEDS)
	MAMORI_BUILD=$(abspath $(BUILD)) \
		$(E2E_PYTEST) -ra $(PYTEST_FLAGS) $(E2E_TESTS)

# make demo KEEP=1: the servers go on until Ctrl-C.
demo-run: $(E2E_NEEDS)
	tests/demo --set build=$(abspath $(BUILD)) $(if $(KEEP),--keep)
