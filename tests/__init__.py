"""The tests of Isotype; `tests.engines` holds the real parts they run on."""
