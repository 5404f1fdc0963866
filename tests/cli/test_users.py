from __future__ import annotations

from pathlib import Path

import pytest

from cli.session import token_file
from tests.cli.conftest import PASSWORD, Run
from wiring import House

ADD = ("user", "add", "li.wei", "--name", "Li Wei", "--department", "finance", "--role", "controller")


def test_a_user_is_added_with_a_password_from_standard_input_and_can_sign_in(run: Run) -> None:
    run("init")
    assert run(*ADD, stdin="a long password\r\n").out == "li.wei added\n"
    assert run("login", "li.wei", stdin="a long password\n").out == "signed in as li.wei\n"
    (listed,) = run("user", "list", "--json").document
    assert (listed["username"], listed["roles"], listed["active"]) == ("li.wei", ["controller"], True)


def test_a_generated_password_is_shown_once_and_works(run: Run) -> None:
    run("init")
    said = run(*ADD, "--generate")
    password = said.out.removeprefix("li.wei added, password ").strip()
    assert len(password) == 16
    assert run("login", "li.wei", stdin=password).status == 0


@pytest.mark.parametrize("stdin", ["short\n", "", "x" * 201])
def test_a_password_of_the_wrong_length_is_refused(run: Run, stdin: str) -> None:
    run("init")
    said = run(*ADD, stdin=stdin)
    assert said.status == 1
    assert said.error.endswith(f"password: '{len(stdin.strip())} characters': 10 to 200 characters")
    assert run("user", "list", "--json").document == []


def test_a_wrong_username_names_the_field(run: Run) -> None:
    run("init")
    said = run("user", "add", "Li Wei", "--name", "Li Wei", "--department", "finance", stdin=PASSWORD)
    assert said.status == 1
    assert "username: 'Li Wei'" in said.error


def test_a_department_nobody_knows_is_a_usage_error(run: Run) -> None:
    said = run("user", "add", "li", "--name", "Li", "--department", "magic", stdin=PASSWORD)
    assert said.status == 2
    assert "'magic' is not one of 'credit', 'finance'" in said.error


def test_the_sign_in_is_readable_by_its_owner_alone_even_where_a_file_was_there(run: Run, real: House) -> None:
    path = token_file(real)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    run("login", "ada", stdin=PASSWORD)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_wrong_password_keeps_nothing_and_does_not_say_what_was_wrong(run: Run, real: House) -> None:
    run("logout")
    for username in ("ada", "nobody"):
        said = run("login", username, stdin="not the password\n")
        assert said.error == "error: Username or password is wrong."
    assert not token_file(real).exists()


def test_signing_out_ends_the_session_everywhere(run: Run, real: House) -> None:
    token = token_file(real).read_text(encoding="utf-8")
    assert real.casebook.people.person_of(token) is not None
    assert run("logout").out == "signed out\n"
    assert not token_file(real).exists()
    assert real.casebook.people.person_of(token) is None
    assert run("logout").status == 0


def test_a_new_password_and_a_deactivation_end_the_sign_in(run: Run, real: House) -> None:
    run("user", "password", "ada", stdin="another long one\n")
    assert "Nobody is signed in" in run("take", "GH-2026-000001").error
    assert run("login", "ada", stdin="another long one\n").status == 0
    run("user", "deactivate", "ada")
    assert "Nobody is signed in" in run("take", "GH-2026-000001").error
    assert run("login", "ada", stdin="another long one\n").status == 1
    run("user", "activate", "ada")
    assert run("login", "ada", stdin="another long one\n").status == 0


def test_a_user_nobody_knows_is_told_with_the_way_to_the_list(run: Run, real: House) -> None:
    said = run("user", "deactivate", "nobody")
    assert said.error == "error: There is no such user. - gatehouse user list shows who there is"


def test_init_twice_is_safe(run: Run, tmp_path: Path) -> None:
    first, second = run("init"), run("init")
    assert first.out == second.out
    assert first.out.startswith("SQLite ")
    assert (tmp_path / "data" / "casebook.sqlite").is_file()
