# make install DESTDIR= PREFIX=/usr SYSCONFDIR=/etc; uninstall; dist.
# A configuration that is there already stays.
INSTALL ?= install
SBINDIR ?= $(PREFIX)/sbin
BINDIR ?= $(PREFIX)/bin
DATADIR ?= $(PREFIX)/share/mamori
DOCDIR ?= $(PREFIX)/share/doc/mamori
MANDIR ?= $(PREFIX)/share/man
# Where exim.conf's local_scan_path points; see mamori-exim(7).
MODULEDIR ?= $(PREFIX)/lib/mamori
SYSTEMDDIR ?= $(PREFIX)/lib/systemd/system
TMPFILESDIR ?= $(PREFIX)/lib/tmpfiles.d
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
COMPLETIONDIR ?= $(PREFIX)/share/bash-completion/completions
CONFDIR ?= $(SYSCONFDIR)/mamori

NOTICE_FILES := $(sort $(wildcard config/notices/*/*))
PRESET_FILES := $(sort $(wildcard config/presets/*))
EXIM_FILES := $(sort $(wildcard config/exim/*))
MAN_SECTION = $(patsubst .%,%,$(suffix $(1)))

INSTALLED := $(SBINDIR)/mamorid $(BINDIR)/mamorictl \
	$(MODULEDIR)/mamori_local_scan.so \
	$(patsubst config/notices/%,$(DATADIR)/notices/%,$(NOTICE_FILES)) \
	$(patsubst config/presets/%,$(DATADIR)/presets/%,$(PRESET_FILES)) \
	$(patsubst config/exim/%,$(DATADIR)/exim/%,$(EXIM_FILES)) \
	$(DOCDIR)/mamori.yaml $(DOCDIR)/README.md $(DOCDIR)/LICENSE \
	$(DOCDIR)/architecture.md $(SYSTEMDDIR)/mamorid.service \
	$(TMPFILESDIR)/mamori.conf $(SYSUSERSDIR)/mamori.conf \
	$(COMPLETIONDIR)/mamorictl \
	$(foreach page,$(MAN_PAGES),$(MANDIR)/man$(call \
	MAN_SECTION,$(page))/$(notdir $(page)))

# The unit, the sample and the snippets name paths under /usr.
RELOCATE = sed -e 's,/usr/sbin/mamorid,$(SBINDIR)/mamorid,g' \
	-e 's,/usr/share/mamori,$(DATADIR),g' \
	-e 's,/usr/lib/mamori/,$(MODULEDIR)/,g' \
	-e 's,/etc/mamori,$(CONFDIR),g'

.PHONY: install uninstall dist
install: $(PROGRAMS) $(MODULES)
	$(INSTALL) -D -m 0755 $(MAMORID) $(DESTDIR)$(SBINDIR)/mamorid
	$(INSTALL) -D -m 0755 $(MAMORICTL) $(DESTDIR)$(BINDIR)/mamorictl
	$(INSTALL) -D -m 0644 $(EXIM_MODULE) \
		$(DESTDIR)$(MODULEDIR)/mamori_local_scan.so
	set -e; for file in $(NOTICE_FILES) $(PRESET_FILES); do $(INSTALL) -D -m 0644 $$file \
		$(DESTDIR)$(DATADIR)/$${file#config/}; done
	$(INSTALL) -d $(DESTDIR)$(DATADIR)/exim $(DESTDIR)$(DOCDIR)
	set -e; for file in $(EXIM_FILES); do $(RELOCATE) $$file \
		> $(DESTDIR)$(DATADIR)/$${file#config/}; done
	$(INSTALL) -m 0644 README.md LICENSE docs/architecture.md \
		$(DESTDIR)$(DOCDIR)
	set -e; for page in $(MAN_PAGES); do $(INSTALL) -D -m 0644 $$page \
		$(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/}; done
	$(INSTALL) -d $(DESTDIR)$(SYSTEMDDIR) $(DESTDIR)$(TMPFILESDIR) \
		$(DESTDIR)$(SYSUSERSDIR) $(DESTDIR)$(CONFDIR)
	$(RELOCATE) config/mamori.yaml > $(DESTDIR)$(DOCDIR)/mamori.yaml
	$(RELOCATE) config/systemd/mamorid.service \
		> $(DESTDIR)$(SYSTEMDDIR)/mamorid.service
	$(INSTALL) -D -m 0644 config/completion/mamorictl \
		$(DESTDIR)$(COMPLETIONDIR)/mamorictl
	$(INSTALL) -m 0644 config/tmpfiles/mamori.conf \
		$(DESTDIR)$(TMPFILESDIR)/mamori.conf
	$(INSTALL) -m 0644 config/systemd/mamori-users.conf \
		$(DESTDIR)$(SYSUSERSDIR)/mamori.conf
	test -e $(DESTDIR)$(CONFDIR)/mamori.yaml || $(INSTALL) -m 0644 \
		$(DESTDIR)$(DOCDIR)/mamori.yaml \
		$(DESTDIR)$(CONFDIR)/mamori.yaml

# The configuration and what the daemon has written stay.
uninstall:
	rm -f $(addprefix $(DESTDIR),$(INSTALLED))
	-rmdir -p --ignore-fail-on-non-empty $(addprefix $(DESTDIR),$(sort \
		$(dir $(INSTALLED)))) 2>/dev/null

DIST := mamori-$(VERSION)
dist:
	@mkdir -p $(BUILD)
	git archive --prefix=$(DIST)/ -o $(BUILD)/$(DIST).tar.gz HEAD
