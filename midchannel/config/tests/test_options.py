"""What an administrator may set."""

from pathlib import Path

import pytest

from midchannel.config.options import Options, SettingError, read


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "OWNER_DATABASE_URL", "MIDCHANNEL_DATA", "MIDCHANNEL_AS_OWNER"):
        monkeypatch.delenv(name, raising=False)


def test_several_names_stand_in_one_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIDCHANNEL_ALLOWED_HOSTS", "desk.example.com, 10.0.0.7,")

    assert Options().allowed_hosts == ["desk.example.com", "10.0.0.7"]


def test_the_secret_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    options = Options(data=tmp_path / "data")

    first = options.secret_key()

    assert len(first) >= 48
    assert options.secret_key() == first
    assert (tmp_path / "data" / "secret").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret"]


def test_without_an_address_the_embedded_server_is_meant(tmp_path: Path) -> None:
    database = Options(data=tmp_path).database()

    assert (database["NAME"], database["USER"]) == ("midchannel", "midchannel")
    assert database["HOST"] == str(tmp_path / "postgres")


def test_the_schema_is_changed_as_the_owner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MIDCHANNEL_AS_OWNER", "1")
    embedded = Options(data=tmp_path).database()
    monkeypatch.setenv("DATABASE_URL", "postgresql://app:secret@db.example.com:6432/crm?sslmode=require")
    monkeypatch.setenv("OWNER_DATABASE_URL", "postgresql://owner:other@db.example.com:6432/crm?sslmode=require")
    owner = Options(data=tmp_path).database()
    monkeypatch.delenv("MIDCHANNEL_AS_OWNER")
    application = Options(data=tmp_path).database()

    assert embedded["USER"] == "midchannel_owner"
    assert (owner["USER"], owner["PASSWORD"]) == ("owner", "other")
    assert (application["USER"], application["HOST"], application["PORT"]) == ("app", "db.example.com", "6432")
    assert application["OPTIONS"]["sslmode"] == "require"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("MIDCHANNEL_BEHIND_TLS", "perhaps", "valid boolean"),
        ("MIDCHANNEL_UNDO_SECONDS", "soon", "valid number"),
        ("MIDCHANNEL_TRUSTED_ORIGINS", "desk.example.com", "https://desk.example.com"),
        ("DATABASE_URL", "hunter2", "write postgresql://user:password@host:port/name"),
    ],
)
def test_what_cannot_be_used_is_named_and_its_value_is_not_said(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingError, match=words) as told:
        read()

    assert str(told.value).startswith(f"{name} cannot be used: ")
    assert "hunter2" not in str(told.value)
