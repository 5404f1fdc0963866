"""Every attack that was ever tried on Gatehouse, tried again: `make proof-security`."""
