"""The policy over time: versions, differences in words, what it did, and what another one would do."""
