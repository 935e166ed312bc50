"""The example configurations are valid and show every key a site may want to change."""

import tomllib
from pathlib import Path
from typing import Final

import pytest

from station.app import config
from station.app.sources import KINDS
from station.core.policy import PassOrHold, UnenrolledPolicy
from station.core.policy_keys import Level, keys_of
from tests.docs.pages import ROOT

EXAMPLES: Final = sorted((ROOT / "config").glob("*.toml"))


def test_there_are_examples() -> None:
    assert [path.name for path in EXAMPLES] == ["dock.toml", "headless.toml"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_is_a_valid_configuration(path: Path) -> None:
    settings = config.load(path)

    assert settings.sources
    assert all(source.partition(":")[0] in KINDS for source in settings.sources)
    assert settings.origin


def test_the_dock_example_shows_every_section_and_key() -> None:
    shown = tomllib.loads((ROOT / "config" / "dock.toml").read_text("utf-8"))
    ours = config.load(ROOT / "config" / "dock.toml")

    assert set(shown) == {"site", "station", "sync", "upload", "policy", "source", "dock"}
    assert set(shown["site"]) == {"name", "language"}
    assert set(shown["policy"]) == set(keys_of(Level.SITE))
    assert set(shown["upload"]) == {"to", "token_file"}
    assert set(shown["dock"]) == {"latch", "theme"}
    assert ours.latch


def test_the_headless_example_holds_what_it_cannot_vouch_for_and_never_latches() -> None:
    settings = config.load(ROOT / "config" / "headless.toml")

    assert not settings.latch
    policy = settings.policy
    assert {policy.unenrolled, policy.unenrolled_signed, policy.unenrolled_level} == {
        UnenrolledPolicy.HOLD
    }
    assert {policy.unsigned, policy.stale} == {PassOrHold.HOLD}
