"""PyYAML, and its nodes. Half of what importing it costs are patterns, none of which is used where libyaml is."""

from __future__ import annotations

from isotype.domain.lazy import uncompiled

with uncompiled():
    import yaml
    from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

__all__ = ["MappingNode", "Node", "ScalarNode", "SequenceNode", "yaml"]
