"""Tests of acts on many customers."""
