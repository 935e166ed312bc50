"""Doctor: whoever reads Chinese needs a font that draws it."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import ImageFont

from station.app import checkup
from station.app.checkup import Status
from station.app.config import load
from station.app.findings import Finding, Patient
from station.app.operator_admin import operator_admin
from station.app.site_checks import font
from station.app.site_paths import SitePaths
from station.core.language import Language
from station.core.operators import Role
from station.tui import fonts
from tests.fakes.made_site import made_site


@pytest.fixture
def site(tmp_path: Path) -> SitePaths:
    return SitePaths(made_site().copy_site(tmp_path))


@pytest.fixture
def no_font(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "chinese_font", lambda: None)


def found(site: SitePaths, language: Language | None = None) -> Finding:
    settings = load(site.config)
    return font(
        Patient(site, settings if language is None else replace(settings, language=language))
    )


def enrol(site: SitePaths, *names: str) -> None:
    with operator_admin(site) as people:
        for name in names:
            people.add(name, Role.OPERATOR, "site-owner", Language.CHINESE)


def test_where_nobody_reads_chinese_there_is_nothing_to_look_at(site: SitePaths) -> None:
    assert found(site).status is Status.SKIPPED


@pytest.mark.usefixtures("no_font")
def test_a_site_that_reads_chinese_is_told_the_package(site: SitePaths) -> None:
    finding = found(site, Language.CHINESE)
    assert finding.status is Status.WARNING
    assert "no font draws Chinese for the site: " in finding.text
    assert "fonts-noto-cjk" in finding.mend


@pytest.mark.usefixtures("no_font")
def test_an_operator_who_reads_chinese_is_named_until_removed(site: SitePaths) -> None:
    enrol(site, "ANNA", "BO", "CHEN", "DING")
    assert "ANNA, BO, CHEN and 1 more" in found(site).text
    with operator_admin(site) as people:
        for name in ("ANNA", "BO", "CHEN", "DING"):
            people.remove(name, "site-owner")
    assert found(site).status is Status.SKIPPED


def test_a_font_that_is_there_is_named(site: SitePaths, monkeypatch: pytest.MonkeyPatch) -> None:
    enrol(site, "ANNA")
    drawn = ImageFont.load_default(20)
    assert isinstance(drawn, ImageFont.FreeTypeFont)
    monkeypatch.setattr(drawn, "path", "/usr/share/fonts/x/wqy-zenhei.ttc")
    monkeypatch.setattr(fonts, "chinese_font", lambda: drawn)
    finding = found(site)
    assert (finding.status, finding.text) == (
        Status.OK,
        "Chinese is drawn with wqy-zenhei.ttc",
    )


def test_it_is_one_of_the_checks() -> None:
    assert checkup.SITE_CHECKS["font"] is font
