"""What follows the page on several machines finds its commands, and takes a server away and gives it back."""

from __future__ import annotations

import socket

import pytest

from benchmarks.follow import PAGE, Block, blocks
from benchmarks.relay import Relay


def test_the_blocks_of_the_page_are_found_in_their_order() -> None:
    found = blocks(PAGE.read_text(encoding="utf-8"))
    assert [block.service for block in found if block.service] == ["prefect", "first", "second", "desk"]
    assert found[0].commands.startswith("psql -h db.example.org")
    assert found[-1].commands.count("curl") == 2


def test_a_block_of_another_kind_is_not_followed() -> None:
    page = "```\nrm everything\n```\n\n```sh service=one until=http://x/y\nrun\nmore\n```\n"
    assert blocks(page) == [Block("run\nmore\n", "one", "http://x/y")]


def test_a_relay_takes_a_server_away_and_gives_it_back() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        relay = Relay(server.getsockname()[1])
        for _ in range(2):
            with socket.create_connection(("127.0.0.1", relay.port), timeout=5) as near:
                far, _address = server.accept()
                near.sendall(b"hello")
                assert far.recv(5) == b"hello"
                relay.stop()
                assert near.recv(1) == b""
                far.close()
            with pytest.raises(OSError, match="refused"):
                socket.create_connection(("127.0.0.1", relay.port), timeout=5)
            relay.start()
        relay.stop()
