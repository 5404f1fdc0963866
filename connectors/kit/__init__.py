"""What all connectors share: the card reader, the HTTP client, and the strict readers of what came back.

A connector is a folder `connectors/<name>/` that exports `connector(kit: Kit) -> Connector`. Its `examples/` folder
holds invented answers in the recorded shape, three files each, read by `tests/connectors/test_examples.py`:

    <case>.query.json      {"query": {"source", "kind", "params", ...}, "status": 200, "content_type": "..."}
                           (`status` is 200 and `content_type` goes by the extension where they are left out)
    <case>.raw.<ext>       the body (.json, .html, .xml, .csv, .txt)
    <case>.expected.json   what `parse` and `follow_up` make of it; where missing, it is written and the test
                           fails, so that someone reads it
"""

from connectors.kit.card import Kit, load_card
from connectors.kit.client import HttpClient
from connectors.kit.days import means_none, read_day
from connectors.kit.fields import Fields
from connectors.kit.pages import is_page, read_html, text_of
from connectors.kit.reading import read_json, read_text, refuse_page, require_ok

__all__ = [
    "Fields",
    "HttpClient",
    "Kit",
    "is_page",
    "load_card",
    "means_none",
    "read_day",
    "read_html",
    "read_json",
    "read_text",
    "refuse_page",
    "require_ok",
    "text_of",
]
