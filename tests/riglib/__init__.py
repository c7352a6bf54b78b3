"""Private Exim, Dovecot, mamorid and a sink, for tests, demo and benchmarks."""
