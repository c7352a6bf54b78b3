# Checks of the sources, and what single unit tests need at link time.
UNIT_LDFLAGS_test_conf := -Wl,--wrap=calloc,--wrap=realloc

LINT_C := $(sort $(foreach dir,core mamorid mamorid/* mamorictl \
	exim_local_scan,$(wildcard $(dir)/*.c)))
LINT_H := $(sort $(foreach dir,core mamorid mamorid/* mamorictl \
	exim_local_scan,$(wildcard $(dir)/*.h)))
TEST_C := $(sort $(wildcard tests/unit/*/*.[ch] tests/fuzz/*.[ch]))
# Scripts by what their first line says, not by a name.
scripts = $(shell git ls-files -co --exclude-standard -z | xargs -0 awk \
	'FNR == 1 && /^\#!.*$(1)$$/ { print FILENAME } { nextfile }')
LINT_PY = $(shell git ls-files -co --exclude-standard '*.py') \
	$(call scripts,python3)

PYTEST_FIXTURES := ^tests/e2e/.*(redefinition of|_fixtures.*imported but) unused

.PHONY: lint cppcheck clang-tidy shellcheck pyflakes format format-check
lint: cppcheck shellcheck pyflakes docs-check $(PROGRAMS) $(MODULES)
	tools/banned-calls
	tools/arrows $(BUILD)
	tools/sizes

# NULL is a pointer in POSIX, so it may end arguments; a payload that is NULL
# has no length in core/frame.c.
cppcheck:
	cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr -j 2 \
		--enable=warning,performance,portability --max-configs=4 \
		--suppress=missingIncludeSystem --suppress=missingInclude \
		--suppress=unknownMacro --suppress='*:/usr/include/*' \
		--suppress=varFuncNullUB --suppress=nullPointer:core/frame.c \
		-I. -D_GNU_SOURCE '-DMM_VERSION=""' $(LINT_C)

# Slow, so not a part of lint. Each check has found real bugs elsewhere.
TIDY_CHECKS := -*,bugprone-sizeof-*,bugprone-suspicious-*,bugprone-macro-*,$\
	bugprone-infinite-loop,bugprone-signal-handler,bugprone-posix-return,$\
	clang-analyzer-core.*,clang-analyzer-unix.*,cert-err34-c,$\
	-bugprone-suspicious-string-compare,-bugprone-macro-parentheses
clang-tidy:
	clang-tidy --quiet --warnings-as-errors='*' \
		--checks='$(TIDY_CHECKS)' $(LINT_C) -- -std=c11 $(CPPFLAGS) \
		$(INSPECT_CFLAGS) $(SECCOMP_CFLAGS) $(SQLITE_CFLAGS) \
		$(CRYPTO_CFLAGS) $(CJSON_CFLAGS) $(FLAGS_exim_local_scan)

shellcheck:
	shellcheck $(call scripts,\/sh)

# A pytest fixture is imported to be there and redefined as an argument.
pyflakes:
	@! pyflakes3 $(sort $(LINT_PY)) | grep -vE "$(PYTEST_FIXTURES)"

# clang-format decides how code looks; `make format` writes it.
format:
	clang-format -i $(LINT_C) $(LINT_H) $(TEST_C)
format-check:
	clang-format --dry-run --Werror $(LINT_C) $(LINT_H) $(TEST_C)
