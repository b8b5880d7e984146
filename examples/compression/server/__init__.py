"""The compression platform as a running service, on the generated packages of `schema/compression.yaml`."""
