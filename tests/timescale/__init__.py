"""What the schemas make of TimescaleDB, which is built for these tests alone: `make test-timescale`."""
