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
    assert said.error.endswith(f"password: 10 to 200 characters; this one has {len(stdin.strip())}")
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
    assert real.casebook.sessions.person_of(token) is not None
    assert run("logout").out == "signed out\n"
    assert not token_file(real).exists()
    assert real.casebook.sessions.person_of(token) is None
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


def test_department_and_roles_are_changed_and_kept_where_they_are_not_given(run: Run, real: House) -> None:
    assert run("user", "change", "mira", "--department", "finance").out == "mira: finance, analyst, credit_manager\n"
    assert run("user", "change", "mira", "--role", "controller").out == "mira: finance, controller\n"
    person = real.casebook.people.get("mira")
    assert (person.department, person.roles) == ("finance", ("controller",))
    assert run("user", "change", "mira").status == 2
    event = real.casebook.history.tail(1)[0]
    assert (event.act, event.detail["roles"]) == ("person.changed", "controller")


def test_a_user_nobody_knows_is_told_with_the_way_to_the_list(run: Run, real: House) -> None:
    said = run("user", "deactivate", "nobody")
    assert said.error == "error: There is no such user. - gatehouse user list shows who there is"


def test_init_twice_is_safe(run: Run, tmp_path: Path) -> None:
    first, second = run("init"), run("init")
    assert first.out == second.out
    assert first.out.startswith("SQLite ")
    assert (tmp_path / "data" / "casebook.sqlite").is_file()


def test_where_reminders_go_is_set_with_the_user_or_later_and_shown(run: Run) -> None:
    run("init")
    run(*ADD, "--email", "li.wei@example.org", stdin=PASSWORD)
    assert run("user", "list", "--json").document[0]["email"] == "li.wei@example.org"
    assert run("user", "email", "li.wei").out == "address of li.wei removed\n"
    assert run("user", "list", "--json").document[0]["email"] is None
    run("user", "email", "li.wei", "li@example.org")
    assert run("user", "list", "--json").document[0]["email"] == "li@example.org"


@pytest.mark.parametrize(
    "address", ["li.wei", "li@", "a b@example.org", "a@example.org\nBcc: b@example.org", "x" * 260]
)
def test_what_is_no_address_is_refused_and_not_repeated(run: Run, address: str) -> None:
    run("init")
    run(*ADD, stdin=PASSWORD)
    said = run("user", "email", "li.wei", address)
    assert said.status == 1
    assert "such as name@example.org" in said.error
    assert "Bcc" not in said.error
    assert run("user", "email", "nobody", "a@example.org").status == 1


def test_a_token_is_shown_once_listed_without_its_secret_and_revoked(run: Run, real: House) -> None:
    said = run("token", "new", "nightly report", "--days", "30")
    secret = said.out.strip()
    owner = real.casebook.tokens.person_of(secret)
    assert owner is not None
    assert owner.username == "ada"
    assert "shown this once" in said.error
    (listed,) = run("token", "list", "--json").document
    assert (listed["label"], listed["revoked_at"]) == ("nightly report", None)
    assert secret not in run("token", "list").out
    assert run("token", "revoke", listed["id"]).out == f"token {listed['id']} revoked\n"
    assert real.casebook.tokens.person_of(secret) is None
    assert run("token", "revoke", "99").status == 1


def test_nobody_makes_a_token_without_being_signed_in(run: Run, real: House) -> None:
    run("logout")
    said = run("token", "new", "report")
    assert (said.status, said.out) == (1, "")
    assert "gatehouse login" in said.error


def test_two_accounts_of_one_name_are_told_when_the_second_is_added_and_by_doctor(run: Run) -> None:
    run("init")
    run(*ADD, "--generate")
    told = "li.wei: the same name or address; one person with two accounts could approve alone"
    assert told not in run("user", "add", "wu", "--name", "Wu Invented", "--department", "credit", "--generate").err
    second = run("user", "add", "lw", "--name", "li  WEI", "--department", "finance", "--generate")
    assert (second.status, told in second.err) == (0, True)

    def accounts() -> tuple[str, str]:
        checks = {check["what"]: check for check in run("doctor", "--json").document}
        return checks["accounts"]["state"], checks["accounts"]["detail"]

    assert accounts() == ("to look at", "the same name or address: li.wei, lw")
    run("user", "deactivate", "lw")
    assert accounts() == ("ready", "no two have the same name or address")
