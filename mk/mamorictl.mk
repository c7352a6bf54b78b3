# mamorictl: core and cJSON only; the scanner is another program.
$(eval $(call pkg,CJSON,libcjson))
FLAGS_mamorictl := $(CJSON_CFLAGS)
CTL_LIBS := $(CJSON_LIBS)

CTL_SRC := $(sort $(wildcard mamorictl/*.c))
# A library, so that a unit test takes what it needs of it.
CTL_UNIT_OBJ := $(BUILD)/libctl.a
$(CTL_UNIT_OBJ): $(call objects,$(filter-out mamorictl/main.c,$(CTL_SRC)))
	rm -f $@
	ar rcs $@ $^

MAMORICTL := $(BUILD)/mamorictl
PROGRAMS += $(MAMORICTL)
$(MAMORICTL): $(call objects,mamorictl/main.c) $(CTL_UNIT_OBJ) $(CORE_LIB)
	$(LINK) -o $@ $^ $(CTL_LIBS) $(YAML_LIBS)
