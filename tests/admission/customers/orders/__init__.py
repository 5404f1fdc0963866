"""Tests of orders: what counts, what blocks, what lets through."""
