"""The `gatehouse` command: thin; every command reads its arguments, makes one call below, and prints."""
