"""A site's configuration: what is read, and what of every wrong one is said."""

from pathlib import Path

import pytest

from station.app.config import load
from station.core.errors import ConfigurationError
from station.core.policy import UnenrolledPolicy

MINIMAL = '[site]\nname = "amsterdam-2"\n[station]\nname = "dock-1"\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "station.toml"
    path.write_text(text, "utf-8")
    return path


def test_what_is_not_said_has_a_default(tmp_path: Path) -> None:
    settings = load(written(tmp_path, MINIMAL))
    assert (settings.site, settings.station, settings.origin) == ("amsterdam-2", "dock-1", "")
    assert settings.sources == ()
    assert (settings.latch, settings.theme) == (True, "teal")
    assert (settings.policy.fresh_hours, settings.policy.amber_hours) == (26, 72)
    assert settings.policy.unenrolled is UnenrolledPolicy.ACCEPT_NOTE
    assert (settings.pictures.keep_days, settings.pictures.max_mb) == (180, 2000)


def test_everything_can_be_said(tmp_path: Path) -> None:
    text = (
        f'{MINIMAL}[sync]\nfrom = "https://registry.example/"\n'
        '[policy]\nunenrolled = "hold"\nfresh_hours = 1.5\namber_hours = 2\n'
        '[[source]]\nuse = "stdin:"\n[[source]]\nuse = "serial:/dev/x"\n'
        '[dock]\nlatch = false\ntheme = "blue"\n'
        "[pictures]\nkeep_days = 30\nmax_mb = 500\n"
    )
    settings = load(written(tmp_path, text))
    assert settings.origin == "https://registry.example/"
    assert settings.sources == ("stdin:", "serial:/dev/x")
    assert (settings.latch, settings.theme) == (False, "blue")
    assert (settings.pictures.keep_days, settings.pictures.max_mb) == (30, 500)
    assert (settings.policy.fresh_hours, settings.policy.amber_hours) == (1.5, 2)
    assert settings.policy.unenrolled is UnenrolledPolicy.HOLD


def test_a_policy_is_versioned_by_its_content(tmp_path: Path) -> None:
    plain = load(written(tmp_path, MINIMAL)).policy.version
    same = load(written(tmp_path, f"{MINIMAL}[policy]\nfresh_hours = 26\n")).policy.version
    other = load(written(tmp_path, f"{MINIMAL}[policy]\nfresh_hours = 27\n")).policy.version
    assert plain == same
    assert plain != other


@pytest.mark.parametrize(
    ("text", "wrong", "remedy"),
    [
        (MINIMAL.replace("[site]", "[sit]"), "`sit`", "did you mean 'site'?"),
        (f"{MINIMAL}[policy]\nunenroled = 1\n", "`unenroled`", "did you mean 'unenrolled'?"),
        (f"{MINIMAL}[sync]\norigin = 'x'\n", "`origin`", "from, metrics_file"),
        (f"{MINIMAL}[pictures]\nkeep_day = 1\n", "`keep_day`", "did you mean 'keep_days'?"),
        (f"{MINIMAL}[pictures]\nkeep_days = 0\n", "pictures.keep_days", "docs/"),
        (f"{MINIMAL}[pictures]\nmax_mb = 9\n", "pictures.max_mb", "docs/"),
        (f"{MINIMAL}[[source]]\nuze = 'x'\n", "`uze`", "did you mean 'use'?"),
        (
            f"{MINIMAL}[[source]]\nuse = 'camera:0'\n[source.camera]\nwitdh = 1\n",
            "`witdh`",
            "'width'?",
        ),
        (f"{MINIMAL}[[output]]\nuse = 'x'\n[output.coils]\ngaet = 1\n", "`gaet`", "'gate'?"),
        (f"{MINIMAL}[[source]]\nuse = ''\n", "source[0].use", "docs/"),
        (f"{MINIMAL}[policy]\nunenrolled = 'maybe'\n", "policy.unenrolled", "docs/"),
        (f"{MINIMAL}[policy]\nfresh_hours = 0\n", "policy.fresh_hours", "docs/"),
        (f"{MINIMAL}[policy]\nfresh_hours = nan\n", "policy.fresh_hours", "docs/"),
        (f"{MINIMAL}[policy]\nfresh_hours = 80\n", "amber_hours", "larger of the two"),
        (f"{MINIMAL}[dock]\ntheme = 'red'\n", "dock.theme", "It takes blue, teal; see docs/"),
        (f"{MINIMAL}[dock]\ntheme = 'tael'\n", "dock.theme", "did you mean 'teal'?"),
        (f"{MINIMAL}[dock]\ntheme = 1\n", "dock.theme", "docs/"),
        (f"{MINIMAL}[[source]]\nuse = 'x'\nframing = 'line'\n", "framing", "did you mean 'lines'?"),
        (f"{MINIMAL}[[source]]\nuse = 'x'\ndata_bits = 9\n", "data_bits", "docs/"),
        (MINIMAL.replace("dock-1", "dock 1"), "station.name", "docs/"),
        (MINIMAL.replace('"dock-1"', '"dock-1\\n"'), "station.name", "docs/"),
        ("", "required field `site`", "docs/"),
        ("[site", "not valid TOML", "mend that line"),
        (f"{MINIMAL}{MINIMAL}", "not valid TOML", "mend that line"),
    ],
)
def test_a_wrong_one_is_refused_by_key_and_with_what_to_do(
    tmp_path: Path, text: str, wrong: str, remedy: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigurationError) as raised:
        load(path)
    assert str(path) in raised.value.message
    assert wrong in raised.value.message
    assert remedy in raised.value.remedy


def test_a_missing_one_is_no_site(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as raised:
        load(tmp_path / "station.toml")
    assert raised.value.message == f"there is no site at {tmp_path}"
    assert "station init" in raised.value.remedy
