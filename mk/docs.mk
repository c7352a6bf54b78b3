# Documents: pages are well-formed and say what the programs do.
MAN_PAGES := $(sort $(wildcard docs/man/*))

.PHONY: docs-check sample
docs-check: $(MAMORICTL)
	mandoc -Tlint -W warning $(MAN_PAGES)
	tools/docs-check $(MAMORICTL)

# The committed sample, after a change of core/conf_table.h.
sample: $(MAMORICTL)
	MAMORI_CONFIG= $(MAMORICTL) config sample > config/mamori.yaml
