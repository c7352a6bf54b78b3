# mamorid: one binary, a library a folder. Only inspect/ sees libclamav, GMime,
# libarchive, zlib and expat; only keeper/ sees SQLite.
$(eval $(call pkg,INSPECT,libclamav gmime-3.0 libarchive zlib expat))
$(eval $(call pkg,SECCOMP,libseccomp))
$(eval $(call pkg,SQLITE,sqlite3))
$(eval $(call pkg,CRYPTO,libcrypto))

FLAGS_mamorid/inspect := $(INSPECT_CFLAGS) $(SECCOMP_CFLAGS) $(CRYPTO_CFLAGS)
FLAGS_mamorid/keeper := $(SQLITE_CFLAGS) $(CRYPTO_CFLAGS)
LIBS_inspect := $(INSPECT_LIBS) $(SECCOMP_LIBS) $(CRYPTO_LIBS)
LIBS_keeper := $(SQLITE_LIBS) $(CRYPTO_LIBS)
LIBS_gate :=
LIBS_courier :=

MAMORID_PARTS := inspect gate keeper courier
define mamorid_part
$(BUILD)/lib$(1).a: $(call objects,$(sort $(wildcard mamorid/$(1)/*.c)))
	$$(call say,AR)
	@rm -f $$@
	$$(Q)ar rcs $$@ $$^
endef
$(foreach part,$(MAMORID_PARTS),$(eval $(call mamorid_part,$(part))))

DAEMON_OBJ := $(call objects,$(sort $(filter-out mamorid/main.c,$(wildcard mamorid/*.c))))
$(BUILD)/libdaemon.a: $(DAEMON_OBJ)
	$(call say,AR)
	@rm -f $@
	$(Q)ar rcs $@ $^

MAMORID := $(BUILD)/mamorid
PROGRAMS += $(MAMORID)
# -rdynamic for the calls of libclamav that inspect/ interposes.
$(MAMORID): $(call objects,mamorid/main.c) $(BUILD)/libdaemon.a \
		$(MAMORID_PARTS:%=$(BUILD)/lib%.a) $(CORE_LIB)
	$(call say,LD)
	$(Q)$(LINK) -o $@ $< -Wl,--whole-archive $(BUILD)/libinspect.a \
		-Wl,--no-whole-archive -Wl,--start-group $(BUILD)/libdaemon.a \
		$(BUILD)/libgate.a $(BUILD)/libkeeper.a $(BUILD)/libcourier.a \
		$(CORE_LIB) -Wl,--end-group \
		$(LIBS_inspect) $(LIBS_keeper) $(LIBS_gate) $(LIBS_courier) \
		$(YAML_LIBS) -ldl
