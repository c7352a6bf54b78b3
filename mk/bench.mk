# What a mail costs, against clamd: tests/bench. As root; see
# docs/performance.md. BENCH_FLAGS="--count 7450000" and so on.
.PHONY: bench bench-run
bench:
	tools/install-deps build test bench
	$(MAKE) --no-print-directory bench-run

bench-run: $(PROGRAMS) $(MODULES)
	tests/bench/mta --build $(abspath $(BUILD)) $(BENCH_FLAGS)

# Mails made to cost a scanner much: CPU time, memory, and the answer.
# BENCH_FLAGS="zip: pdf:" for some of them.
.PHONY: bench-hostile
bench-hostile: $(PROGRAMS)
	tests/bench/hostile --build $(abspath $(BUILD)) $(BENCH_FLAGS)

# The full inspection of ordinary mails beside libclamav alone.
BENCH_INSPECT := $(BUILD)/bench/inspect_rounds
.PHONY: bench-inspect
bench-inspect: $(BENCH_INSPECT)
	tests/bench/inspect --program $(abspath $(BENCH_INSPECT)) \
		$(BENCH_FLAGS)

$(BENCH_INSPECT): tests/bench/inspect_rounds.c $(BUILD)/libinspect.a \
		$(BUILD)/libdaemon.a $(CORE_LIB)
	$(call say,LD)
	@mkdir -p $(@D)
	$(Q)$(LINK) $(CPPFLAGS) $(FLAGS_mamorid/inspect) -o $@ $< \
		-Wl,--start-group $(filter %.a,$^) -Wl,--end-group \
		$(LIBS_inspect) $(YAML_LIBS) -ldl

# The history alone, over the keeper's own code; BENCH_FLAGS="/tmp 10000000".
BENCH_HISTORY := $(BUILD)/bench/history
.PHONY: bench-history
bench-history: $(BENCH_HISTORY)
	$(BENCH_HISTORY) $(BENCH_FLAGS)

$(BENCH_HISTORY): tests/bench/history.c $(BUILD)/libkeeper.a \
		$(BUILD)/libdaemon.a $(CORE_LIB)
	$(call say,LD)
	@mkdir -p $(@D)
	$(Q)$(LINK) $(CPPFLAGS) $(FLAGS_mamorid/keeper) -o $@ $< \
		-Wl,--start-group $(BUILD)/libkeeper.a $(BUILD)/libdaemon.a \
		$(CORE_LIB) -Wl,--end-group $(LIBS_keeper) $(YAML_LIBS)
