"""Measurements as commands: `make bench`. Absolute times vary between machines; the ratios beside them count."""
