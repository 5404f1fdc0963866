from __future__ import annotations

import json
import tracemalloc
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from admission.cases import OutboxMessage
from admission.errors import AccessRefused, BadInput, GatehouseError, SourceUnavailable
from admission.model import Text
from admission.people import Person
from casebook.database.signing import read_keys
from cli.main import main
from connectors import mailbox, webhook
from services.audit import make_bundle, read_checkpoint, trust, verify, verify_bundle
from services.heads import deliver_head, publish_head, read_heads
from tests.casebook.build import HandClock
from tests.services.conftest import assessed
from tests.services.listening import mail_server, web_server
from wiring import House


def _silent(_: Text) -> None: ...


def _delivered(at: House) -> list[OutboxMessage]:
    messages = at.casebook.outbox.claim()
    for message in messages:
        deliver_head(at, message)
        at.casebook.outbox.delivered(message.id)
    return messages


def _run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_a_published_head_lands_in_the_file_once_and_proves_the_chain(at: House) -> None:
    publish_head(at)
    head = publish_head(at)
    (message,) = _delivered(at)
    deliver_head(at, message)
    assert read_heads(at.settings.head_file) == [head]
    proof = verify(at, trust(at, None), [head], _silent)
    assert (proof.flaws, proof.heads) == ((), 1)


def test_each_day_has_a_head_of_its_own(at: House) -> None:
    clock = at.clock
    assert isinstance(clock, HandClock)
    first = publish_head(at)
    _delivered(at)
    clock.forward(timedelta(days=1))
    second = publish_head(at)
    _delivered(at)
    assert read_heads(at.settings.head_file) == [first, second]
    assert second.seq > first.seq


def test_a_head_goes_to_file_webhook_and_mailbox_each_on_its_own(at: House) -> None:
    with web_server() as (url, posted), mail_server() as (smtp, mailed):
        at.settings = at.settings.model_copy(
            update={
                "audit_head_webhook": SecretStr(url),
                "audit_head_mail": "auditor@example.com",
                "smtp": SecretStr(smtp),
            }
        )
        head = publish_head(at)
        assert sorted(message.payload["to"] for message in _delivered(at)) == ["file", "mail", "webhook"]
    assert posted == [{"kind": "audit_head", **head.model_dump()}]
    (mail,) = mailed
    assert f"Subject: Gatehouse audit head {head.seq}" in mail
    assert head.sha256 in mail.replace("=\r\n", "")


def test_a_place_that_is_not_set_up_any_more_keeps_the_message_waiting(at: House) -> None:
    at.settings = at.settings.model_copy(update={"audit_head_mail": "auditor@example.com"})
    publish_head(at)
    (mail,) = [message for message in at.casebook.outbox.claim() if message.payload["to"] == "mail"]
    with pytest.raises(GatehouseError, match="not set up any more"):
        deliver_head(at, mail)


def test_a_webhook_that_refuses_or_fails_is_told_without_its_path() -> None:
    for status, error in ((401, AccessRefused), (500, SourceUnavailable), (302, SourceUnavailable)):
        with web_server(status) as (url, _), pytest.raises(error) as caught:
            webhook.post(url, {"seq": 1})
        assert "secret-path" not in str(caught.value)
    with pytest.raises(SourceUnavailable):
        webhook.post("http://127.0.0.1:1/secret-path", {"seq": 1})
    with pytest.raises(BadInput):
        webhook.post("file:///etc/hosts", {"seq": 1})


def test_a_mail_server_that_refuses_or_is_away_is_told() -> None:
    letter = {"sender": "a@example.com", "to": "b@example.com", "subject": "s", "body": "b"}
    with mail_server("550 nobody here") as (smtp, _), pytest.raises(AccessRefused):
        mailbox.send(smtp, **letter)
    with pytest.raises(SourceUnavailable):
        mailbox.send("smtp://127.0.0.1:1", **letter)
    with pytest.raises(BadInput):
        mailbox.send("imap://127.0.0.1", **letter)


def test_a_bundle_is_checked_with_nothing_but_an_exported_key(
    at: House, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    reference = assessed(at)
    file, keys = tmp_path / "case.zip", tmp_path_factory.mktemp("elsewhere") / "public.json"
    assert _run("keys", "export", "--out", str(keys)) == 0
    assert _run("bundle", reference, "--out", str(file)) == 0
    assert verify_bundle(file, trust(at, keys)) == (reference, [])
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        document = json.loads(archive.read("case.en.json"))
    assert document["reference"] == reference
    assert {"case.zh.json", "events.jsonl", "rows.jsonl", "manifest.json"} <= set(names)
    assert sum(name.startswith("answers/") for name in names) == len(list((tmp_path / "answers").glob("*/*/*")))
    assert _run("verify", "--bundle", str(file), "--keys", str(keys)) == 0
    assert _run("verify", "--bundle", str(file)) == 3


def _forged(file: Path, target: Path, name: str, change: Any) -> Path:
    with zipfile.ZipFile(file) as archive, zipfile.ZipFile(target, "w") as written:
        for item in archive.namelist():
            body = archive.read(item)
            written.writestr(item, change(body) if item == name else body)
    return target


def test_every_change_to_a_bundle_is_named(at: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reference = assessed(at)
    file, forged = tmp_path / "case.zip", tmp_path / "forged.zip"
    file.write_bytes(make_bundle(at, reference))
    trusted = trust(at, None)
    with zipfile.ZipFile(file) as archive:
        answer = next(name for name in archive.namelist() if name.startswith("answers/"))

    def kinds(name: str, change: Any) -> set[tuple[str, str]]:
        return {(flaw.kind, flaw.where.en) for flaw in verify_bundle(_forged(file, forged, name, change), trusted)[1]}

    def other(body: bytes) -> bytes:
        return body.replace(b"2026", b"2025", 1)

    assert kinds("case.en.json", other) == {("bundle.forged", "case.en.json")}
    assert ("bundle.forged", answer) in kinds(answer, lambda body: body + b" ")
    assert ("answer.changed", f"answer {answer.partition('/')[2]}") in kinds(answer, lambda body: body + b" ")
    assert ("bundle.forged", "manifest.json") in kinds("manifest.json", lambda body: body.replace(b"1", b"2", 1))
    assert "row.changed" in {
        kind for kind, _ in kinds("rows.jsonl", lambda body: body.replace(b"gathering", b"concluded"))
    }
    assert "event.changed" in {
        kind for kind, _ in kinds("events.jsonl", lambda body: body.replace(b'"actor":"analyst"', b'"actor":"nobody"'))
    }
    first = (b"\n", b"")
    assert "row.removed" in {kind for kind, _ in kinds("rows.jsonl", lambda body: body.partition(first[0])[2])}
    assert _run("verify", "--bundle", str(forged)) == 1
    assert "[row.removed]" in capsys.readouterr().out


def test_a_bundle_of_another_house_is_none_of_ours(at: House, tmp_path: Path) -> None:
    reference = assessed(at)
    file = tmp_path / "case.zip"
    file.write_bytes(make_bundle(at, reference))
    keys = tmp_path / "keys" / "public.json"
    text = keys.read_text(encoding="utf-8")
    from casebook.database.signing import KeyRing, PublicKey, written_keys

    name, public = KeyRing(tmp_path / "other").make()
    stranger = PublicKey(id=name, public=public, valid_from=next(iter(read_keys(text, "x").values())).valid_from)
    keys.write_text(written_keys([stranger]), encoding="utf-8")
    found = {flaw.kind for flaw in verify_bundle(file, trust(at, keys))[1]}
    assert found == {"key.unknown"}


def test_what_is_no_bundle_is_told(at: House, tmp_path: Path) -> None:
    file = tmp_path / "case.zip"
    file.write_bytes(b"PK nothing of the kind")
    with pytest.raises(BadInput, match="no bundle"):
        verify_bundle(file, trust(at, None))


def test_a_bundle_that_would_fill_the_memory_is_refused_before_it_is_read(at: House, tmp_path: Path) -> None:
    file = tmp_path / "case.zip"
    for parts in ([100_000_001], [90_000_000] * 3):
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            for number, size in enumerate(parts):
                with packed.open(f"answers/{number}", "w", force_zip64=True) as part:
                    for _ in range(size // 1_000_000):
                        part.write(bytes(1_000_000))
                    part.write(bytes(size % 1_000_000))
        tracemalloc.start()
        with pytest.raises(BadInput, match=f"unpacks to {sum(parts):,} bytes in {len(parts)} parts"):
            verify_bundle(file, trust(at, None))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 10_000_000


def test_a_link_is_no_bundle_and_no_file_of_keys(at: House, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to("/etc/passwd")
    with pytest.raises(BadInput, match="a link to another file"):
        verify_bundle(link, trust(at, None))
    with pytest.raises(BadInput, match="a link to another file"):
        trust(at, link)
    with pytest.raises(BadInput, match="a link to another file"):
        read_heads(link)


def test_a_private_key_that_is_a_link_signs_nothing(at: House, tmp_path: Path) -> None:
    name = at.casebook.keys.check()
    at.casebook.close()
    key = tmp_path / "keys" / f"{name}.pem"
    key.rename(tmp_path / "elsewhere.pem")
    key.symlink_to(tmp_path / "elsewhere.pem")
    with pytest.raises(GatehouseError, match="does not hold that key"):
        House(at.settings).casebook.keys.check()


def test_verify_tells_how_much_it_looked_at(at: House, capsys: pytest.CaptureFixture[str]) -> None:
    assessed(at)
    publish_head(at)
    _delivered(at)
    assert _run("verify", "--json") == 3
    told = json.loads(capsys.readouterr().out)
    assert (told["sound"], told["flaws"], told["heads"], told["keys"]) == (True, [], 1, "public.json")
    assert [limit.partition(",")[0] for limit in told["cannot_know"]] == [
        "whether these are the house's own keys",
        "whether the chain was rebuilt or set back",
    ]
    assert told["events"] == at.casebook.audit.end()[0]
    assert told["answers"] > 0


@pytest.mark.parametrize(
    ("keys", "heads", "status", "unknown"),
    [
        ("outside", "outside", 0, ""),
        ("outside", "", 3, "NOT KNOWN: whether the chain was rebuilt"),
        ("", "outside", 3, "NOT KNOWN: whether these are the house's own keys"),
        ("outside", "inside", 3, "NOT KNOWN: whether the chain was rebuilt"),
        ("inside", "outside", 3, "NOT KNOWN: whether these are the house's own keys"),
        ("outside", "empty", 3, "NOT KNOWN: whether the chain was rebuilt"),
    ],
)
def test_verify_says_in_its_last_line_what_it_cannot_know_and_exits_3(
    at: House,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
    keys: str,
    heads: str,
    status: int,
    unknown: str,
) -> None:
    publish_head(at)
    _delivered(at)
    own = {"keys": at.settings.folder / "keys" / "public.json", "heads": at.settings.head_file}
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    given = []
    for option, kind, where in (("--keys", "keys", keys), ("--head", "heads", heads)):
        path = elsewhere / kind
        path.write_text("" if where == "empty" else own[kind].read_text(encoding="utf-8"), encoding="utf-8")
        if where:
            given += [option, str(own[kind] if where == "inside" else path)]
    assert _run("verify", *given) == status
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith(unknown or "sound: ")
    _run("--lang", "zh", "verify", *given)
    assert capsys.readouterr().out.splitlines()[-1].startswith("无法得知：" if unknown else "完好：")


def test_keys_are_listed_and_rotated_by_a_person(at: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("keys", "rotate", "--as", "analyst") == 1
    assert "who may: operator or management" in capsys.readouterr().err
    operator = Person(username="ops", name="Op Erator", department="credit", roles=("operator",))
    at.casebook.people.add(operator, "a long enough password")
    assert _run("keys", "rotate", "--as", "ops") == 0
    capsys.readouterr()
    assert _run("keys", "list", "--json") == 0
    old, new = json.loads(capsys.readouterr().out)
    assert old["valid_until"] == new["valid_from"]
    assert new["valid_until"] is None
    event = at.casebook.history.tail(1)[0]
    assert (event.actor, event.act, event.detail["key"]) == ("ops", "key.rotated", new["id"])
    assert _run("verify") == 3


def test_a_line_that_is_no_head_is_named(tmp_path: Path) -> None:
    file = tmp_path / "heads.jsonl"
    file.write_text('\n{"seq": 1}\n', encoding="utf-8")
    with pytest.raises(BadInput, match="line 2 is no published head"):
        read_heads(file)


def test_verify_goes_on_from_a_checkpoint_that_only_a_sound_one_writes(
    at: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assessed(at)
    file, end = tmp_path / "checkpoint.json", at.casebook.audit.end()
    assert _run("verify", "--checkpoint", str(file)) == 3
    first = read_checkpoint(file)
    assert first is not None
    assert (first.seq, first.sha256) == end
    assert "are not again" not in capsys.readouterr().out
    assert _run("verify", "--checkpoint", str(file)) == 3
    assert f"signatures of events 1 to {end[0]} were checked on" in capsys.readouterr().out
    assert _run("verify", "--checkpoint", str(file), "--json") == 3
    assert json.loads(capsys.readouterr().out)["signatures_checked_before"] == end[0]
    forged = first.model_copy(update={"signature": ""})
    file.write_text(forged.model_dump_json(), encoding="utf-8")
    assert _run("verify", "--checkpoint", str(file)) == 1
    assert read_checkpoint(file) == forged
    file.write_text("[]", encoding="utf-8")
    with pytest.raises(BadInput, match="no checkpoint"):
        read_checkpoint(file)
