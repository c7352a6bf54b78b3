# Checks of the sources, and what single unit tests need at link time.
UNIT_LDFLAGS_test_conf := -Wl,--wrap=calloc,--wrap=realloc
