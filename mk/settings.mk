# The bench of shared settings: a program over core/ alone.
BENCH_SETTINGS := $(BUILD)/bench/settings

.PHONY: bench-settings
bench-settings: $(BENCH_SETTINGS)
	$(BENCH_SETTINGS)

$(BENCH_SETTINGS): tests/bench/settings.c $(CORE_LIB)
	$(call say,LD)
	@mkdir -p $(@D)
	$(Q)$(LINK) $(CPPFLAGS) -o $@ $< $(CORE_LIB) $(YAML_LIBS)

# Writing the settings dies and fails at each of these.
comma := ,
SETTINGS_WRAPS := $(addprefix -Wl$(comma)--wrap=,openat fsync syncfs renameat \
	renameat2 mkdirat fchmod unlinkat write)
UNIT_LDFLAGS_test_settings_write := $(SETTINGS_WRAPS)
UNIT_LDFLAGS_test_routes := $(SETTINGS_WRAPS)
UNIT_LDFLAGS_test_settings_io := $(SETTINGS_WRAPS)
