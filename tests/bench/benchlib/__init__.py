"""What tests/bench/mta is made of."""
