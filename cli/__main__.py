"""`python -m cli` is `gatehouse`."""

from cli.main import main

main()
