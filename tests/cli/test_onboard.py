from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from cli.following import follow_cases
from tests.cli.conftest import Run, application, written
from wiring import House, Settings

HEADER = "legal_name,country,cik,limit,currency,terms_days"


def refused(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def references(house: House) -> list[str]:
    return sorted(case.reference for case in house.casebook.cases.list())


def test_without_prefect_the_case_is_kept_and_the_status_says_that_no_run_started(
    run: Run, real: House, tmp_path: Path
) -> None:
    said = run("onboard", written(tmp_path, "one.json", application()), "--json")
    assert said.status == 1
    assert said.error.startswith("error: 1 case(s) are kept, but no run moves them yet")
    assert "start it with `gatehouse up`" in said.error
    assert (said.document["status"], said.document["requester"]) == ("gathering", "ada")
    assert references(real) == [said.document["reference"]]
    assert real.casebook.outbox.pending() == 1


def test_a_case_that_a_run_moves_is_a_success(run: Run, real: House, tmp_path: Path) -> None:
    file = written(tmp_path, "one.json", application())
    reference = run("onboard", file, "--json").document["reference"]
    real.casebook.cases.note_run(reference, "00000000-0000-0000-0000-000000000001")
    assert run("onboard", file).status == 0


def test_a_run_that_keep_house_is_just_starting_is_waited_for(
    run: Run, real: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliveries = []

    def taken_by_another(house: House) -> None:
        """As if keep-house had the message, was slow, and noted the run the third time anybody looks."""
        deliveries.append(house)
        if len(deliveries) == 1:
            assert real.casebook.outbox.claim()
        if len(deliveries) == 3:
            real.casebook.cases.note_run(references(real)[0], "00000000-0000-0000-0000-000000000001")

    monkeypatch.setattr("cli.onboard.deliver_outbox", taken_by_another)
    monkeypatch.setattr("cli.onboard.LOOK_EVERY", 0)
    said = run("onboard", written(tmp_path, "one.json", application()))
    assert (said.status, len(deliveries)) == (0, 3)


def test_a_run_that_another_could_not_start_is_told(
    run: Run, real: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliveries = []

    def given_up_by_another(house: House) -> None:
        deliveries.append(house)
        if len(deliveries) == 1:
            assert real.casebook.outbox.claim()
        else:
            real.casebook.outbox.failed(real.casebook.outbox.waiting()[0].id, "Prefect is away")

    monkeypatch.setattr("cli.onboard.deliver_outbox", given_up_by_another)
    monkeypatch.setattr("cli.onboard.LOOK_EVERY", 0)
    said = run("onboard", written(tmp_path, "one.json", application()))
    assert (said.status, len(deliveries)) == (1, 2)
    assert said.error.startswith("error: 1 case(s) are kept, but no run moves them yet")


def test_the_same_application_again_is_the_same_case(run: Run, real: House, tmp_path: Path) -> None:
    file = written(tmp_path, "one.json", application())
    first, second = (run("onboard", file, "--json").document["reference"] for _ in range(2))
    assert first == second
    assert references(real) == [first]
    both = run("onboard", file, file, "--json")
    assert [case["reference"] for case in both.document] == [first]


def test_another_application_of_a_company_with_an_open_case_names_that_case(
    run: Run, real: House, tmp_path: Path
) -> None:
    run("onboard", written(tmp_path, "one.json", application()))
    more = application(requested={"limit": "1", "currency": "USD", "terms_days": 0})
    said = run("onboard", written(tmp_path, "two.json", more))
    assert said.status == 1
    assert f"Another case of this company is open: {references(real)[0]}" in said.error


def test_good_rows_go_on_and_bad_ones_come_back_with_the_reason(run: Run, real: House, tmp_path: Path) -> None:
    rows = [
        HEADER,
        "Kwick Co,US,77,5000,USD,30",
        "",
        "Lumen Co,US,78,-5,USD,30",
        "Mono Co,US,79,5000,USB,30",
        "Nova Co,US,80,5000,USD",
        ",US,81,5000,USD,30",
        "Orbit Co,US,82,7000,USD,30",
    ]
    said = run("onboard", written(tmp_path, "book.csv", "\n".join(rows)), "--json")
    assert said.status == 1
    assert [case["applicant"]["legal_name"] for case in said.document] == ["Kwick Co", "Orbit Co"]
    assert f"4 row(s) of book.csv refused - mend them in {tmp_path}/book.refused.csv" in said.err
    back = refused(tmp_path / "book.refused.csv")
    assert [(row["row"], row["legal_name"], row["reason"]) for row in back] == [
        ("3", "Lumen Co", "row 3, requested.limit: '-5': more than 0"),
        ("4", "Mono Co", back[1]["reason"]),
        ("5", "Nova Co", "row 5: '5': 6 cells, one for each column"),
        ("6", "", "row 6, legal_name: this field is required"),
    ]
    assert back[1]["reason"].startswith("row 4, requested.currency: 'USB': a three-letter ISO 4217 currency code")


def test_the_mended_file_of_refused_rows_can_be_given_again(run: Run, real: House, tmp_path: Path) -> None:
    run("onboard", written(tmp_path, "book.csv", f"{HEADER}\n@Lumen,US,78,-5,USD,30\n"))
    back = tmp_path / "book.refused.csv"
    assert refused(back)[0]["legal_name"] == "'@Lumen"
    mended = back.read_text(encoding="utf-8-sig").replace("'-5", "5")
    said = run("onboard", written(tmp_path, "mended.csv", mended), "--json")
    assert said.document[0]["applicant"]["legal_name"] == "@Lumen"


def test_nothing_in_the_refused_file_is_run_by_a_spreadsheet(run: Run, real: House, tmp_path: Path) -> None:
    hostile = ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1"]
    lines = [HEADER, *(f'"{name}",XX,=1+1,1,USD,1' for name in hostile)]
    run("onboard", written(tmp_path, "book.csv", "\n".join(lines)))
    rows = refused(tmp_path / "book.refused.csv")
    assert [row["legal_name"] for row in rows] == ["'=HYPERLINK(1)", "'+1", "'-1", "'@SUM(A1)", "'=1"]
    assert {row["cik"] for row in rows} == {"'=1+1"}


def test_where_the_refused_file_cannot_be_written_the_rows_are_told(run: Run, real: House, tmp_path: Path) -> None:
    (tmp_path / "book.refused.csv").mkdir()
    said = run("onboard", written(tmp_path, "book.csv", f"{HEADER}\nLumen Co,US,78,-5,USD,30\n"))
    assert said.status == 1
    assert "error: row 1 of book.csv refused: row 1, requested.limit: '-5': more than 0" in said.err
    assert "error: book.refused.csv cannot be written (Is a directory) - mend the rows in book.csv" in said.err


def test_a_list_comes_back_as_a_list(run: Run, real: House, tmp_path: Path) -> None:
    bad = application("Lumen Co", "78", requested={"limit": "1", "currency": "USD", "terms_days": -1})
    said = run("onboard", written(tmp_path, "list.json", [application(), bad, "text"]), "--json")
    assert len(said.document) == 1
    back = json.loads((tmp_path / "list.refused.json").read_text(encoding="utf-8"))
    assert [(entry["row"], entry["reason"]) for entry in back] == [
        (2, "row 2, requested.terms_days: '-1': at least 0"),
        (3, "row 3: 'text': a table of fields such as legal_name and country"),
    ]
    back[0]["requested"]["terms_days"] = 1
    again = run("onboard", written(tmp_path, "again.json", back[:1]), "--json")
    assert again.document[0]["applicant"]["legal_name"] == "Lumen Co"


def test_a_row_the_casebook_refuses_keeps_its_place_and_its_cells(run: Run, real: House, tmp_path: Path) -> None:
    run("onboard", written(tmp_path, "one.json", application("Kwick Co", "77")))
    rows = [HEADER, "Bad Co,XX,1,1,USD,1", "Kwick Co,US,77,9,USD,9", "Orbit Co,US,82,7000,USD,30"]
    said = run("onboard", written(tmp_path, "book.csv", "\n".join(rows)), "--json")
    assert [case["applicant"]["legal_name"] for case in said.document] == ["Orbit Co"]
    back = refused(tmp_path / "book.refused.csv")
    assert [(row["row"], row["legal_name"], row["limit"]) for row in back] == [
        ("1", "Bad Co", "1"),
        ("2", "Kwick Co", "9"),
    ]
    assert back[1]["reason"].startswith("Another case of this company is open")


def test_a_spreadsheet_is_read_like_a_csv_file(run: Run, real: House, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append([*HEADER.split(","), "founded"])
    sheet.append(["Kwick Co", "US", 77, 5000.5, "USD", 30, datetime(2009, 3, 17, tzinfo=UTC).replace(tzinfo=None)])
    sheet.append([])
    sheet.append(["Lumen Co", "US", 78, "much", "USD", 30])
    book.save(tmp_path / "book.xlsx")
    said = run("onboard", tmp_path / "book.xlsx", "--json")
    (case,) = said.document
    assert case["applicant"]["requested"] == {"limit": "5000.5", "currency": "USD", "terms_days": 30}
    assert case["applicant"]["declared"]["founded"] == "2009-03-17"
    assert refused(tmp_path / "book.refused.csv")[0]["row"] == "3"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"nickname": "x"}, "nickname: 'x': no such field"),
        ({"legal_nam": "x"}, "did you mean legal_name?"),
        ({"identifiers": {"lei": "5493001KJTIIGC8Y1R13"}}, "its two check digits do not fit"),
        ({"requested": {"limit": "-5", "currency": "USD", "terms_days": 1}}, "requested.limit: '-5': more than 0"),
        (
            {"requested": {"limit": "5", "currency": "XXX", "terms_days": 1}},
            "requested.currency: 'XXX': a three-letter",
        ),
        ({"legal_name": " "}, "legal_name: ' ': not empty"),
        ({"legal_name": "x" * 400}, "at most 300 characters"),
        ({"legal_name": "x" * 1_500_000}, "one line of text"),
        ({"country": "USA"}, "country: 'USA': a two-letter ISO 3166 country code"),
    ],
)
def test_a_wrong_application_is_refused_before_anything_is_stored(
    run: Run, real: House, tmp_path: Path, changed: dict[str, object], told: str
) -> None:
    said = run("onboard", written(tmp_path, "one.json", application() | changed))
    assert (said.status, said.out) == (1, "")
    assert said.error.startswith("error: one.json cannot be taken.")
    assert told in said.error
    assert len(said.error) < 700
    assert references(real) == []


def test_one_file_that_cannot_be_read_keeps_all_from_being_opened(run: Run, real: House, tmp_path: Path) -> None:
    said = run("onboard", written(tmp_path, "one.json", application()), tmp_path / "gone.json")
    assert said.error == "error: There is no file gone.json. - check the path"
    assert references(real) == []


def test_nobody_opens_cases_unnamed(run: Run, tmp_path: Path) -> None:
    run("init")
    said = run("onboard", written(tmp_path, "one.json", application()))
    assert said.error == "error: Nobody is signed in. - sign in with `gatehouse login USERNAME`"
    assert references(House(Settings())) == []


def test_without_a_casebook_the_remedy_is_to_make_one(run: Run, tmp_path: Path) -> None:
    said = run("onboard", written(tmp_path, "one.json", application()))
    assert said.error == "error: There is no casebook yet. - create it: gatehouse init"
    assert not (tmp_path / "data").exists()


def test_follow_ends_at_once_where_all_have_settled(run: Run, demo: House, voting: str, tmp_path: Path) -> None:
    said = run("onboard", written(tmp_path, "one.json", application()), "--as", "ada", "--follow", "--json")
    assert said.status == 0
    assert (said.document["reference"], said.document["status"]) == (voting, "voting")
    assert f"{voting} Graywether Instruments Corp: voting" in said.err


def test_follow_tells_when_its_time_is_up(run: Run, real: House, tmp_path: Path) -> None:
    file = written(tmp_path, "one.json", application())
    reference = run("onboard", file, "--json").document["reference"]
    real.casebook.cases.note_run(reference, "00000000-0000-0000-0000-000000000001")
    said = run("onboard", file, "--follow", "--timeout", 1)
    assert (said.status, said.error) == (1, "error: still moving after 1 seconds - see `gatehouse cases`")


def test_without_prefect_a_book_is_kept_with_one_message(run: Run, real: House, tmp_path: Path) -> None:
    rows = [HEADER, *(f"Example {number} Co,US,{number},5000,USD,30" for number in range(70, 75))]
    said = run("onboard", written(tmp_path, "book.csv", "\n".join(rows)))
    assert said.status == 1
    assert said.error.startswith("error: 5 case(s) are kept, but no run moves them yet")
    (message,) = real.casebook.outbox.claim()
    assert message.payload["references"].split() == references(real)


def test_following_tells_why_a_case_was_not_carried_on_and_counts_where_there_are_many(
    run: Run, real: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [HEADER, *(f"Example {number} Co,US,{number},5000,USD,30" for number in range(70, 95))]
    book = written(tmp_path, "book.csv", "\n".join(rows))
    run("onboard", book)
    found = references(real)
    real.casebook.batches.note_failures(dict.fromkeys(found, "Stored bytes are missing."))

    assert follow_cases(real, found, 5, 0) is False

    told = capsys.readouterr().err.splitlines()
    assert told[0] == "25 gathering evidence"
    assert told[1] == f"{found[0]} Example 70 Co: failed: Stored bytes are missing."
    assert told[-1] == "error: 25 case(s) could not be carried on; they are kept and tried again"
    assert "failed: Stored bytes are missing." in run("onboard", book).out
