# Unit tests: one program per tests/unit/AREA/test_*.c, linked with the
# libraries of its area. Per-test extras: UNIT_FLAGS_<test>, UNIT_LIBS_<test>,
# UNIT_LDFLAGS_<test> (test = file name without .c).
$(eval $(call pkg,CMOCKA,cmocka))
UNIT_SRC := $(sort $(wildcard tests/unit/*/test_*.c))
UNIT_BIN := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(UNIT_SRC))

UNIT_AREA_core := $(CORE_LIB)
UNIT_AREA_daemon := $(BUILD)/libdaemon.a $(CORE_LIB)
UNIT_AREA_inspect := $(BUILD)/libinspect.a $(BUILD)/libdaemon.a $(CORE_LIB)
UNIT_AREA_gate := $(BUILD)/libgate.a $(BUILD)/libdaemon.a $(CORE_LIB)
UNIT_AREA_keeper := $(BUILD)/libkeeper.a $(BUILD)/libdaemon.a $(CORE_LIB)
UNIT_AREA_courier := $(BUILD)/libcourier.a $(BUILD)/libdaemon.a $(CORE_LIB)
UNIT_AREA_exim := $(EXIM_UNIT_OBJ) $(CORE_LIB)
UNIT_AREA_ctl := $(CTL_UNIT_OBJ) $(CORE_LIB)
UNIT_AREA_LIBS_inspect := $(LIBS_inspect) $(YAML_LIBS) -ldl
UNIT_AREA_LIBS_keeper := $(LIBS_keeper) $(YAML_LIBS)
UNIT_AREA_LIBS_core := $(YAML_LIBS)
UNIT_AREA_LIBS_daemon := $(YAML_LIBS)
UNIT_AREA_LIBS_gate := $(LIBS_gate) $(YAML_LIBS)
UNIT_AREA_LIBS_courier := $(LIBS_courier) $(YAML_LIBS)
UNIT_AREA_LIBS_ctl := $(CTL_LIBS) $(YAML_LIBS)
UNIT_AREA_LIBS_exim := -ldl

UNIT_LDFLAGS_test_smtp := -Wl,--wrap=pidfd_open

unit_area = $(word 1,$(subst /, ,$(1)))
$(BUILD)/unit/%: tests/unit/%.c $$(UNIT_AREA_$$(call unit_area,$$*))
	$(call say,TEST)
	@mkdir -p $(@D)
	$(Q)$(LINK) $(CPPFLAGS) $(CMOCKA_CFLAGS) \
		$(FLAGS_mamorid/$(call unit_area,$*)) $(UNIT_FLAGS_$(*F)) \
		-MMD -MP -o $@ $< -Wl,--start-group \
		$(UNIT_AREA_$(call unit_area,$*)) -Wl,--end-group \
		$(UNIT_LDFLAGS_$(*F)) $(UNIT_LIBS_$(*F)) \
		$(UNIT_AREA_LIBS_$(call unit_area,$*)) $(CMOCKA_LIBS)

.PHONY: check check-run check-unit check-unit-run
.PHONY: check-valgrind check-valgrind-run

# A make of its own: this one has asked pkg-config before the packages came.
check check-unit: deps
	$(MAKE) --no-print-directory $@-run

check-run: check-unit-run
	$(MAKE) --no-print-directory check-e2e-run

check-unit-run: $(UNIT_BIN)
	$(Q)tests/run-unit $(UNIT_BIN)

# The same under memcheck, children included, and the daemon. Leaks are ASan's
# to find. A jail has no room for valgrind, so the test of the jail itself is
# left out.
NOJAIL := $(BUILD)/nojail.so
VALGRIND = env LD_PRELOAD=$(abspath $(NOJAIL)) UNIT_SLOW=50 valgrind -q \
	--error-exitcode=99 --vgdb=no --trace-children=yes \
	--trace-children-skip=*/sh,*/exim* \
	--suppressions=$(abspath tests/valgrind.supp)

$(NOJAIL): tests/faults/nojail.c
	$(call say,LD)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -O2 $(WARN) -D_GNU_SOURCE $(SECCOMP_CFLAGS) -fPIC \
		-shared -o $@ $<

check-valgrind:
	tools/install-deps build test valgrind
	$(MAKE) --no-print-directory check-valgrind-run

check-valgrind-run: $(UNIT_BIN) $(NOJAIL) $(PROGRAMS) $(MODULES)
	$(Q)UNIT_WRAP='$(VALGRIND)' tests/run-unit \
		$(filter-out %/test_sandbox,$(UNIT_BIN))
	MAMORI_BUILD=$(abspath $(BUILD)) MAMORI_VALGRIND='$(VALGRIND)' \
		$(E2E_PYTEST) -ra tests/e2e/daemon_under_valgrind.py
