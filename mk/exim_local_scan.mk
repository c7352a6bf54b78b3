# The module for stock Exim is built from the same one source file that
# LOCAL_SCAN_SOURCE takes, without the variant's sanitizers: they do not load
# into Exim. The unit tests use the files one by one, with them.
EXIM_INCLUDE ?= /usr/include/exim4
EXIM_SRC := $(addprefix exim_local_scan/,settings.c outcome.c envelope.c \
	body.c client.c apply.c local_scan.c)
EXIM_MODULE := $(BUILD)/mamori_local_scan.so
MODULES += $(EXIM_MODULE)

# Exim's headers are not written for our warnings.
FLAGS_exim_local_scan := $(WARN_CORE) -isystem $(EXIM_INCLUDE)
FLAGS_tests/unit/exim := -isystem $(EXIM_INCLUDE)

$(EXIM_MODULE): exim_local_scan/mamori_local_scan.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS_COMMON) $(CFLAGS_MODULE) $(CFLAGS) \
		-ffunction-sections -fdata-sections -Wl,--gc-sections \
		$(FLAGS_exim_local_scan) -MMD -MP -MF $(@:.so=.d) -shared \
		$(LDFLAGS_COMMON) $(LDFLAGS) -o $@ $<

EXIM_UNIT_OBJ := $(call objects,$(EXIM_SRC) tests/unit/exim/fake_exim.c)
.SECONDARY: $(EXIM_UNIT_OBJ)
UNIT_LDFLAGS_test_body := -Wl,--wrap=pwrite,--wrap=fdatasync \
	-Wl,--wrap=posix_fallocate
UNIT_LDFLAGS_test_local_scan := -Wl,--wrap=calloc,--wrap=realloc
