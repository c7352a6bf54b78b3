# core/: libc and libyaml only. CORE_LIBC is what the Exim module may use.
CORE_LIBC_SRC := core/err.c core/buf.c core/wire.c core/deadline.c \
	core/frame.c core/fdutil.c core/text.c core/address.c \
	core/proto_list.c core/proto_scan.c
CORE_SRC := $(CORE_LIBC_SRC) core/text_foreign.c \
	core/proto_inspect.c core/proto_rewrite.c \
	core/proto_keeper.c core/proto_outbox.c core/proto_variant.c \
	core/proto_history.c core/settings_hold.c \
	core/template.c core/proto_control.c core/conf.c core/conf_yaml.c core/conf_value.c \
	core/conf_text.c core/settings.c core/settings_value.c \
	core/settings_text.c core/settings_yaml.c core/settings_path.c \
	core/settings_read.c core/settings_map.c core/network.c \
	core/rules.c core/rules_yaml.c core/rules_keys.c core/rules_words.c \
	core/rules_switch.c
FLAGS_core := $(WARN_CORE)
CORE_OBJ := $(call objects,$(CORE_SRC))
CORE_LIB := $(BUILD)/libcore.a
YAML_LIBS := -lyaml

$(CORE_LIB): $(CORE_OBJ)
	$(call say,AR)
	@rm -f $@
	$(Q)ar rcs $@ $^
