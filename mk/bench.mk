# What a mail costs, against clamd: tests/bench. As root; see
# docs/performance.md. BENCH_FLAGS="--count 7450000" and so on.
.PHONY: bench bench-run
bench:
	tools/install-deps build test bench
	$(MAKE) --no-print-directory bench-run

bench-run: $(PROGRAMS) $(MODULES)
	tests/bench/mta --build $(abspath $(BUILD)) $(BENCH_FLAGS)
