"""The example configurations are valid and show every key a site may want to change."""

import tomllib
from pathlib import Path
from typing import Final

import pytest

from station.app import config
from station.app.outputs import OUTPUT_KINDS, make_outputs
from station.app.sources import KINDS
from station.core.policy import PassOrHold, UnenrolledPolicy
from station.core.policy_keys import Level, keys_of
from tests.docs.pages import ROOT

EXAMPLES: Final = sorted((ROOT / "config").glob("*.toml"))
OUTPUTS: Final = sorted((ROOT / "config" / "outputs").glob("*.toml"))


def test_there_are_examples() -> None:
    assert [path.name for path in EXAMPLES] == ["dock.toml", "headless.toml"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_is_a_valid_configuration(path: Path) -> None:
    settings = config.load(path)

    assert settings.sources
    assert all(source.partition(":")[0] in KINDS for source in settings.sources)
    assert settings.origin


@pytest.mark.parametrize("path", OUTPUTS, ids=lambda path: path.name)
def test_an_output_example_can_be_appended_and_made(path: Path, tmp_path: Path) -> None:
    whole = tmp_path / "station.toml"
    dock = (ROOT / "config" / "dock.toml").read_text("utf-8")
    whole.write_text(f"{dock}\n{path.read_text('utf-8')}", "utf-8")

    settings = config.load(whole)

    assert settings.outputs
    assert len(make_outputs(settings.outputs, lambda _: None)) == len(settings.outputs)


def test_every_kind_of_output_has_an_example() -> None:
    text = "".join(path.read_text("utf-8") for path in OUTPUTS)

    assert [kind for kind in OUTPUT_KINDS if f'use = "{kind}:' not in text] == []


def test_the_dock_example_shows_every_section_and_key() -> None:
    shown = tomllib.loads((ROOT / "config" / "dock.toml").read_text("utf-8"))
    ours = config.load(ROOT / "config" / "dock.toml")

    sections = {
        "site",
        "station",
        "sync",
        "upload",
        "policy",
        "source",
        "dock",
        "pictures",
        "sound",
    }
    assert set(shown) == sections
    assert set(shown["site"]) == {"name", "language"}
    assert set(shown["policy"]) == set(keys_of(Level.SITE))
    assert set(shown["upload"]) == {"to", "token_file"}
    assert set(shown["dock"]) == {"latch", "theme"}
    assert set(shown["pictures"]) == {"keep_days", "max_mb"}
    assert ours.latch


def test_the_headless_example_holds_what_it_cannot_vouch_for_and_never_latches() -> None:
    settings = config.load(ROOT / "config" / "headless.toml")

    assert not settings.latch
    policy = settings.policy
    assert {policy.unenrolled, policy.unenrolled_signed, policy.unenrolled_level} == {
        UnenrolledPolicy.HOLD
    }
    assert {policy.unsigned, policy.stale} == {PassOrHold.HOLD}
