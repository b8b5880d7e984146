"""Speed and memory of whole commands, in units that hold on any machine."""
