# make fuzz FUZZ_SECONDS=60: each fuzzer for so long, with clang in a folder of
# its own. What it finds stays in $(FUZZ_BUILD)/corpus for the next time.
FUZZ_CC ?= clang
FUZZ_SECONDS ?= 60
FUZZ_BUILD := $(BUILDROOT)/fuzz
FUZZ_SRC := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZ_NAMES := $(patsubst tests/fuzz/fuzz_%.c,%,$(FUZZ_SRC))
# What a fuzzer of something beyond core/ is made of.
FUZZ_SRC_inspect_mime := $(wildcard mamorid/inspect/mime*.c) \
	$(addprefix mamorid/inspect/readings_,header.c boundary.c) \
	mamorid/inspect/findings.c mamorid/xalloc.c mamorid/log.c \
	mamorid/channel.c
FUZZ_CFLAGS_inspect_mime := $(INSPECT_CFLAGS)
FUZZ_LIBS_inspect_mime := $(INSPECT_LIBS) $(CRYPTO_LIBS)
FUZZ_SRC_inspect_readings := $(FUZZ_SRC_inspect_mime) \
	mamorid/inspect/walk.c mamorid/inspect/smime.c \
	$(wildcard mamorid/inspect/readings*.c) \
	$(wildcard mamorid/inspect/encoded_text*.c mamorid/inspect/tnef*.c)
FUZZ_CFLAGS_inspect_readings := $(INSPECT_CFLAGS) $(CRYPTO_CFLAGS)
FUZZ_LIBS_inspect_readings := $(INSPECT_LIBS) $(CRYPTO_LIBS)
FUZZ_SRC_active := mamorid/inspect/fact.c mamorid/inspect/findings.c \
	mamorid/inspect/name.c mamorid/inspect/walk.c mamorid/xalloc.c \
	mamorid/log.c mamorid/channel.c
FUZZ_SRC_inspect_html := $(FUZZ_SRC_active) mamorid/inspect/wide.c \
	$(wildcard mamorid/inspect/html*.c)
FUZZ_SRC_inspect_office := $(FUZZ_SRC_active) mamorid/inspect/wide.c \
	mamorid/inspect/executable.c mamorid/inspect/html_token.c \
	mamorid/inspect/onenote.c \
	$(wildcard mamorid/inspect/ole*.c mamorid/inspect/office*.c)
FUZZ_SRC_inspect_pdf := $(FUZZ_SRC_active) \
	$(wildcard mamorid/inspect/pdf*.c)
FUZZ_LIBS_inspect_pdf := $(INSPECT_LIBS)
FUZZ_SRC_inspect_name := $(FUZZ_SRC_active)
# One analyzer with a walk around it: tests/fuzz/inspect_walk.h.
FUZZ_SRC_inspect_archive := $(addprefix mamorid/inspect/,walk.c findings.c \
	format.c archive.c archive_kept.c archive_lha.c archive_rar.c \
	archive_read.c archive_zip.c) \
	mamorid/xalloc.c mamorid/log.c mamorid/channel.c
FUZZ_SRC_inspect_zip := $(FUZZ_SRC_inspect_archive) \
	$(wildcard mamorid/inspect/zip*.c)
FUZZ_SRC_inspect_ole := $(FUZZ_SRC_inspect_archive) \
	$(wildcard mamorid/inspect/encrypted*.c mamorid/inspect/ole*.c)
FUZZ_SRC_inspect_tnef := $(addprefix mamorid/inspect/,walk.c findings.c \
	tnef.c tnef_rtf.c readings_charset.c) \
	mamorid/xalloc.c mamorid/log.c mamorid/channel.c
FUZZ_SRC_inspect_smime := $(addprefix mamorid/inspect/,walk.c findings.c \
	smime.c readings_decode.c) \
	mamorid/xalloc.c mamorid/log.c mamorid/channel.c
FUZZ_CFLAGS_inspect_smime := $(CRYPTO_CFLAGS)
FUZZ_LIBS_inspect_smime := $(CRYPTO_LIBS)
FUZZ_SRC_inspect_executable := $(FUZZ_SRC_active) \
	mamorid/inspect/executable.c
FUZZ_SRC_inspect_plain := $(FUZZ_SRC_inspect_mime) \
	$(wildcard mamorid/inspect/plain*.c) mamorid/inspect/base64_cut.c \
	mamorid/inspect/source.c
FUZZ_CFLAGS_inspect_plain := $(INSPECT_CFLAGS)
FUZZ_LIBS_inspect_plain := $(INSPECT_LIBS) $(CRYPTO_LIBS)
FUZZ_CFLAGS_inspect_archive := $(INSPECT_CFLAGS)
FUZZ_CFLAGS_inspect_zip := $(INSPECT_CFLAGS)
FUZZ_CFLAGS_inspect_ole := $(INSPECT_CFLAGS)
FUZZ_LIBS_inspect_archive := $(INSPECT_LIBS)
FUZZ_LIBS_inspect_zip := $(INSPECT_LIBS)
FUZZ_LIBS_inspect_ole := $(INSPECT_LIBS)
FUZZ_SRC_inspect_rewrite := $(FUZZ_SRC_inspect_mime) \
	mamorid/inspect/html_token.c mamorid/inspect/wide.c \
	$(addprefix mamorid/inspect/,rewrite.c rewrite_head.c rewrite_stamp.c \
	rewrite_text.c)
FUZZ_CFLAGS_inspect_rewrite := $(INSPECT_CFLAGS)
FUZZ_LIBS_inspect_rewrite := $(INSPECT_LIBS) $(CRYPTO_LIBS)
FUZZ_SRC_inspect_clean := $(FUZZ_SRC_active) \
	mamorid/inspect/html_token.c mamorid/inspect/office_xml.c \
	mamorid/inspect/zip_dir.c $(wildcard mamorid/inspect/clean*.c)
FUZZ_LIBS_inspect_clean := $(INSPECT_LIBS)
FUZZ_SRC_inspect_rewrite_run := $(sort $(FUZZ_SRC_inspect_rewrite) \
	$(FUZZ_SRC_inspect_clean) mamorid/inspect/rewrite_run.c \
	mamorid/inspect/rewrite_split.c)
FUZZ_CFLAGS_inspect_rewrite_run := $(INSPECT_CFLAGS)
FUZZ_LIBS_inspect_rewrite_run := $(INSPECT_LIBS) $(CRYPTO_LIBS)
FUZZ_SRC_control := $(wildcard mamorid/keeper/*.c) mamorid/xalloc.c \
	mamorid/log.c mamorid/channel.c mamorid/loop.c mamorid/priv.c
FUZZ_CFLAGS_control := $(SQLITE_CFLAGS) $(CRYPTO_CFLAGS)
FUZZ_LIBS_control := $(SQLITE_LIBS) $(CRYPTO_LIBS)
FUZZ_FLAGS := -std=c11 -g -O1 -fno-omit-frame-pointer \
	-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all

$(FUZZ_BUILD)/fuzz_%: tests/fuzz/fuzz_%.c $(CORE_SRC) $$(FUZZ_SRC_$$*) \
		$(wildcard core/*.h mamorid/*.h mamorid/inspect/*.h \
		tests/fuzz/*.h)
	@mkdir -p $(@D)
	$(FUZZ_CC) $(CPPFLAGS) $(FUZZ_FLAGS) $(FUZZ_CFLAGS_$*) -o $@ \
		$(filter %.c,$^) $(YAML_LIBS) $(FUZZ_LIBS_$*)

.PHONY: fuzz fuzz-seeds $(FUZZ_NAMES:%=fuzz-%)
fuzz: $(FUZZ_NAMES:%=fuzz-%)

fuzz-seeds:
	tests/fuzz/seeds.py $(FUZZ_BUILD)/corpus

$(FUZZ_NAMES:%=fuzz-%): fuzz-%: $(FUZZ_BUILD)/fuzz_% fuzz-seeds
	$< -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=1024 \
		-malloc_limit_mb=8192 \
		-print_final_stats=1 -verbosity=0 -dict=tests/fuzz/dict/$*.dict \
		-artifact_prefix=$(FUZZ_BUILD)/ $(FUZZ_BUILD)/corpus/$* \
		2>$(FUZZ_BUILD)/$*.log || { tail -n 60 $(FUZZ_BUILD)/$*.log; exit 1; }
	@grep stat::number_of_executed_units $(FUZZ_BUILD)/$*.log | \
		sed 's/.*:/fuzz $*: inputs:/'
