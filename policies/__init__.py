"""Dated policy files, shipped as data."""
