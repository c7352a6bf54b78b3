# mamorictl: core and cJSON only; the scanner is another program.
$(eval $(call pkg,CJSON,libcjson))
FLAGS_mamorictl := $(CJSON_CFLAGS)
CTL_LIBS := $(CJSON_LIBS)

CTL_SRC := $(sort $(wildcard mamorictl/*.c))
CTL_UNIT_OBJ := $(call objects,$(filter-out mamorictl/main.c,$(CTL_SRC)))
MAMORICTL := $(BUILD)/mamorictl
PROGRAMS += $(MAMORICTL)
$(MAMORICTL): $(call objects,$(CTL_SRC)) $(CORE_LIB)
	$(LINK) -o $@ $^ $(CTL_LIBS) $(YAML_LIBS)
