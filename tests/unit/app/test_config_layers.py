"""Which of flag, environment, file and default counts for a key, and what a wrong one is told."""

import tomllib
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.app.brand_folder import PASSPHRASE_VARIABLE
from station.app.config import KEYS, explain, load, load_policy
from station.app.config_layers import OTHER_VARIABLES, variable_of
from station.app.config_lines import line_of
from station.app.pins import NEW_PIN_VARIABLE, PIN_VARIABLE, WITNESS_PIN_VARIABLE
from station.core.errors import ConfigurationError
from station.core.policy_keys import KEYS as POLICY_KEYS

FOUR: Final[dict[str, tuple[Any, Any, Any]]] = {
    "site.name": ("a", "b", "c"),
    "site.language": ("de", "es", "zh"),
    "station.name": ("a", "b", "c"),
    "sync.from": ("/a", "/b", "/c"),
    "sync.allow_http": (True, False, True),
    "sync.proxy": ("http://a:1", "none", "http://b:2"),
    "sync.proxy_login_file": ("a", "b", "c"),
    "sync.ca_file": ("a", "b", "c"),
    "sync.client_certificate": ("a", "b", "c"),
    "sync.client_key": ("a", "b", "c"),
    "sync.metrics_file": ("a", "b", "c"),
    "registry.profile": ("compact", "full", "compact"),
    "upload.to": ("https://a", "https://b", "https://c"),
    "upload.token_file": ("a", "b", "c"),
    "upload.allow_http": (True, False, True),
    "upload.proxy": ("http://a:1", "none", "http://b:2"),
    "upload.proxy_login_file": ("a", "b", "c"),
    "upload.ca_file": ("a", "b", "c"),
    "upload.client_certificate": ("a", "b", "c"),
    "upload.client_key": ("a", "b", "c"),
    "dock.latch": (True, False, True),
    "dock.theme": ("blue", "teal", "blue"),
    "dock.kiosk": (True, False, True),
    "dock.require_sign_in": (True, False, True),
    "dock.idle_sign_out_minutes": (2.0, 3.5, 4.0),
    "pictures.keep_days": (1, 2, 3),
    "pictures.max_mb": (10, 20, 30),
    "sound.enabled": (False, True, False),
    "sound.semitones": (-2, 3, 4),
    "sound.volume_percent": (10, 20, 30),
    "sound.device": ("plughw:0", "default", "hw:1,0"),
    "policy.unenrolled": ("hold", "accept_note", "hold"),
    "policy.unenrolled_signed": ("hold", "accept_note", "hold"),
    "policy.unenrolled_level": ("hold", "accept_note", "hold"),
    "policy.formats": (["uc1"], ["sgtin"], ["az"]),
    "policy.enforce_by": ("2028-01-01", "2028-01-02", "2028-01-03"),
    "policy.unsigned": ("hold", "pass", "hold"),
    "policy.unlisted": ("hold", "pass", "hold"),
    "policy.compromised_key": ("hold", "listed", "hold"),
    "policy.stale": ("hold", "pass", "hold"),
    "policy.fresh_hours": (1.0, 2.0, 3.0),
    "policy.amber_hours": (100.0, 200.0, 300.0),
    "policy.quarantine_lane": ("tote 1", "tote 2", "tote 3"),
    "policy.uncoded_lane": ("lane 1", "lane 2", "lane 3"),
    "policy.damaged_lane": ("lane 1", "lane 2", "lane 3"),
    "policy.unreadable_lane": ("lane 1", "lane 2", "lane 3"),
    "source": ([{"use": "stdin:"}], [{"use": "serial:/dev/a"}], [{"use": "serial:/dev/b"}]),
    "output": ([{"use": "board:/dev/a"}], [{"use": "board:/dev/b"}], [{"use": "board:/dev/c"}]),
}
"""Three values for every key: the file's, the environment's, the flag's."""

NEEDED: Final = {"site.name": "s", "station.name": "t"}


def toml(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case list():
            return "[" + ", ".join(map(toml, value)) + "]"
        case dict():
            return "{" + ", ".join(f"{name} = {toml(part)}" for name, part in value.items()) + "}"
        case _:
            return str(value)


def given_as(value: Any) -> str:
    """As a person writes it in a variable or a flag: text without quotes."""
    return value if isinstance(value, str) else toml(value)


def written(folder: Path, values: dict[str, Any]) -> Path:
    path = folder / "station.toml"
    lines = [f"{key} = {toml(value)}\n" for key, value in (NEEDED | values).items()]
    path.write_text("".join(lines), "utf-8")
    return path


def told(path: Path, key: str, environment: dict[str, str], *flags: str) -> tuple[Any, str]:
    """What counts for a key, and where it comes from."""
    (setting,) = [one for one in explain(path, flags, environment) if one.key == key]
    value = setting.value
    if isinstance(value, list) and value and isinstance(value[0], dict):
        value = [{"use": one["use"]} for one in value]
    return value, setting.origin.where


def test_there_are_values_for_every_key() -> None:
    assert set(FOUR) == set(KEYS)
    assert {key for key in KEYS if key.startswith("policy.")} <= {
        f"policy.{name}" for name in POLICY_KEYS
    }


@pytest.mark.parametrize("key", FOUR)
def test_a_flag_counts_before_the_environment_before_the_file_before_the_default(
    tmp_path: Path, key: str
) -> None:
    in_file, in_environment, in_flag = FOUR[key]
    environment = {variable_of(key): given_as(in_environment)}
    flag = f"{key}={given_as(in_flag)}"
    path = written(tmp_path, {key: in_file})

    line = list(NEEDED | {key: in_file}).index(key) + 1
    assert told(path, key, {}) == (in_file, f"{path}, line {line}")
    assert told(path, key, environment) == (in_environment, variable_of(key))
    assert told(path, key, environment, flag) == (in_flag, f"--set {key}")
    assert told(path, key, {}, flag) == (in_flag, f"--set {key}")
    if key not in NEEDED:
        bare = written(tmp_path, {})
        defaults = {one.key: one.origin.where for one in explain(bare, (), {})}
        assert defaults.get(key, "default") == "default"
        assert told(bare, key, environment) == (in_environment, variable_of(key))


def test_what_counts_is_what_the_station_gets(tmp_path: Path) -> None:
    path = written(tmp_path, {"dock.theme": "teal", "policy.stale": "pass"})
    environment = {"STATION_DOCK_THEME": "blue", "STATION_POLICY_STALE": "hold"}

    settings = load(path, ["dock.latch=false", "source=stdin:"], environment)

    assert (settings.theme, settings.latch, settings.sources) == ("blue", False, ("stdin:",))
    assert settings.policy.version != load(path, (), {}).policy.version
    assert load(path, (), {}).theme == "teal"


def test_the_process_own_environment_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATION_DOCK_THEME", "blue")
    assert load(written(tmp_path, {})).theme == "blue"


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("STATION_DOCK_TEME", "STATION_DOCK_THEME"),
        ("STATION_DOK_THEME", "STATION_DOCK_THEME"),
        ("STATION_POLICY_STAIL", "STATION_POLICY_STALE"),
        ("STATION_SITE_LANG", "STATION_SITE_LANGUAGE"),
        ("STATION_SORCE", "STATION_SOURCE"),
    ],
)
def test_a_misspelt_variable_is_refused_with_the_nearest(
    tmp_path: Path, name: str, near: str
) -> None:
    with pytest.raises(ConfigurationError) as raised:
        load(written(tmp_path, {}), (), {name: "x"})
    assert name in raised.value.message
    assert f"did you mean {near}?" in raised.value.remedy


def test_the_variables_of_other_modules_are_known() -> None:
    assert {
        PASSPHRASE_VARIABLE,
        PIN_VARIABLE,
        NEW_PIN_VARIABLE,
        WITNESS_PIN_VARIABLE,
    } <= set(OTHER_VARIABLES)


def test_what_the_environment_says_besides_is_left_alone(tmp_path: Path) -> None:
    others = {"STATION_SITE": "/x", "STATION_PIN": "1234", "STATION_WAGON_COUNT": "7", "PATH": "/"}
    assert load(written(tmp_path, {}), (), others).site == "s"


@pytest.mark.parametrize(
    ("flag", "said"),
    [
        ("dock.theem=blue", "'dock.theme'"),
        ("theme=blue", "did you mean"),
        ("dock.theme", "KEY=VALUE"),
        ("=x", "did you mean"),
    ],
)
def test_a_wrong_flag_is_refused(tmp_path: Path, flag: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        load(written(tmp_path, {}), [flag], {})
    assert said in raised.value.remedy


@pytest.mark.parametrize("text", [" /a b ", "[1]", "true", "\N{HORIZONTAL ELLIPSIS}", "x" * 16_384])
def test_text_counts_as_it_stands(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, {})
    assert load(path, [f"sync.from={text}"], {}).origin == text
    assert load(path, (), {"STATION_SYNC_FROM": text}).origin == text


@pytest.mark.parametrize("key", ["sync.from", "pictures.max_mb", "source"])
def test_a_value_too_long_is_refused_never_cut_off(tmp_path: Path, key: str) -> None:
    with pytest.raises(ConfigurationError, match=f"given for {key} is longer than 16384"):
        load(written(tmp_path, {}), [f"{key}={'1' * 16_385}"], {})


def test_of_a_policy_that_is_looked_at_only_what_the_file_says_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, {"policy.stale": "pass"})
    before = load_policy(path)
    monkeypatch.setenv("STATION_POLICY_STALE", "hold")
    assert load_policy(path) == before
    assert load(path).policy != before


@pytest.mark.parametrize(
    ("environment", "flags", "where"),
    [
        ({"STATION_DOCK_THEME": "red"}, (), "STATION_DOCK_THEME: "),
        ({"STATION_POLICY_FRESH_HOURS": "soon"}, (), "STATION_POLICY_FRESH_HOURS: "),
        ({}, ("dock.latch=perhaps",), "--set dock.latch: "),
        ({}, ("source=[{uze = 1}]",), "--set source: "),
        ({}, ("pictures.max_mb=100\nkeep_days=2",), "--set pictures.max_mb: "),
    ],
)
def test_a_wrong_value_names_what_gave_it(
    tmp_path: Path, environment: dict[str, str], flags: tuple[str, ...], where: str
) -> None:
    with pytest.raises(ConfigurationError) as raised:
        load(written(tmp_path, {}), flags, environment)
    assert raised.value.message.startswith(where)


HEAD: Final = '[site]\nname = "a"\n[station]\nname = "b"\n'


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"{HEAD}[dock]\nlatch = 1\n", 6),
        (f"{HEAD}[dock]\n# latsh\nlatsh = true\n", 7),
        (f"{HEAD}[dock]\nlatch = true\n\n[doc]\nx = 1\n", 8),
        (f"{HEAD}dock.theme = 'red'\n", None),
        ('site.name = "a"\nstation = {name = "b c"}\n', 2),
        (f"{HEAD}[[source]]\nuse = 'stdin:'\n[[source]]\nuse = ''\n", 8),
        (f"{HEAD}[policy]\nformats = [\n  'uc1',\n  'xyz',\n]\n", 6),
        (f"{HEAD}[policy]\nstale = 'perhaps'\n", 6),
        (f"{HEAD}[policy]\nfresh_hours = 80\n", None),
        ("[station]\nname = 'b'\n", None),
    ],
)
def test_a_wrong_key_is_named_with_its_line(tmp_path: Path, text: str, line: int | None) -> None:
    path = tmp_path / "station.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError) as raised:
        load(path, (), {})
    if line is None:
        assert raised.value.message.startswith(str(path))
    else:
        assert raised.value.message.startswith(f"{path}, line {line}: ")


def test_a_file_that_is_no_toml_is_named_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "station.toml"
    path.write_text(f"{HEAD}[dock\n", "utf-8")
    with pytest.raises(ConfigurationError) as raised:
        load(path, (), {})
    assert "line 5" in raised.value.message


@given(st.text("[]ab.=\n\"' #1,{}", max_size=60), st.lists(st.sampled_from(["a", "b", 0, 1])))
def test_a_line_is_found_in_any_file_there_can_be(text: str, path: list[str | int]) -> None:
    line = line_of(text, path)
    if line is not None:
        assert 1 <= line <= len(text.splitlines())
        table: Any = tomllib.loads(text)
        for part in path:
            table = table[part]
