"""Synthetic content: the same configuration and seed give the same bytes."""

from examples.compression.server.synthetic.generator import Synthetic, generate, name_of, type_of

__all__ = ["Synthetic", "generate", "name_of", "type_of"]
