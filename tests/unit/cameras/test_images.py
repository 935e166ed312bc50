"""Picture files: every format, every way to lie in a file, and hostile ones."""

import io
import os
import struct
import zlib
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from station.cameras import images
from station.cameras.images import MAX_FILE_BYTES, ImageFiles, find_pictures, read_picture
from station.core.errors import DeviceError
from station.ports.frames import Frame, FrameProblem
from tests.fakes.decoder import Pixels
from tests.fakes.frames import CountingClock, shade
from tests.fakes.source import open_descriptors

HALVES: Final = np.concatenate([shade(20, 30, 20), shade(220, 30, 20)])
"""Dark above, light below: 30 × 40, so that turning it shows."""


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def save(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def pixels_of(path: Path) -> Pixels:
    read = read_picture(path)
    assert not isinstance(read, FrameProblem), read.detail
    return read


def problem_of(path: Path) -> str:
    read = read_picture(path)
    assert isinstance(read, FrameProblem)
    assert read.name.endswith(path.name)
    return read.detail


class TestReading:
    @pytest.mark.parametrize(
        ("kind", "options"),
        [
            ("PNG", {}),
            ("JPEG", {"quality": 95}),
            ("BMP", {}),
            ("TIFF", {}),
            ("TIFF", {"compression": "tiff_lzw"}),
            ("WEBP", {"lossless": True}),
        ],
    )
    @pytest.mark.parametrize("mode", ["L", "RGB"])
    def test_every_format_gives_grey_pixels(
        self, kind: str, options: dict[str, object], mode: str, tmp_path: Path
    ) -> None:
        content = encoded(Image.fromarray(HALVES).convert(mode), kind, **options)
        pixels = pixels_of(save(tmp_path, "picture", content))
        assert pixels.dtype == np.uint8
        assert pixels.shape == (40, 30)
        assert np.abs(pixels.astype(int) - HALVES).max() <= 3
        assert not pixels.flags.writeable

    @pytest.mark.parametrize("mode", ["1", "P", "CMYK", "LA", "RGBA"])
    def test_other_kinds_of_pixels_too(self, mode: str, tmp_path: Path) -> None:
        kind = "TIFF" if mode == "CMYK" else "PNG"
        content = encoded(Image.fromarray(HALVES).convert("RGB").convert(mode), kind)
        pixels = pixels_of(save(tmp_path, "picture", content))
        assert pixels[:15].mean() < 80
        assert pixels[25:].mean() > 170

    def test_sixteen_bits_are_scaled_not_cut(self, tmp_path: Path) -> None:
        deep = Image.fromarray((HALVES.astype(np.uint16) << 8) + 99)
        assert (pixels_of(save(tmp_path, "deep.png", encoded(deep, "PNG"))) == HALVES).all()

    def test_floating_point_pixels_are_refused(self, tmp_path: Path) -> None:
        content = encoded(Image.fromarray(HALVES.astype(np.float32)), "TIFF")
        assert "save it again" in problem_of(save(tmp_path, "float.tif", content))

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_a_picture_is_turned_upright(self, orientation: int, tmp_path: Path) -> None:
        marked = shade(255, 60, 40).copy()
        marked[:10, :20] = 0
        lying = {
            1: marked,
            2: np.fliplr(marked),
            3: np.rot90(marked, 2),
            4: np.flipud(marked),
            5: marked.T,
            6: np.rot90(marked, 1),
            7: np.rot90(marked, 2).T,
            8: np.rot90(marked, -1),
        }[orientation]
        exif = Image.Exif()
        exif[0x0112] = orientation
        content = encoded(Image.fromarray(lying), "PNG", exif=exif)
        assert (pixels_of(save(tmp_path, "turned.png", content)) == marked).all()

    def test_a_phones_jpeg_is_turned_upright(self, tmp_path: Path) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        lying = Image.fromarray(np.rot90(HALVES, 1)).convert("RGB")
        content = encoded(lying, "JPEG", quality=95, exif=exif)
        assert np.abs(pixels_of(save(tmp_path, "p.jpg", content)).astype(int) - HALVES).max() <= 4

    def test_what_is_transparent_is_paper(self, tmp_path: Path) -> None:
        ink = np.zeros((40, 30, 4), np.uint8)
        ink[:20, :, 3] = 255
        pixels = pixels_of(save(tmp_path, "ink.png", encoded(Image.fromarray(ink), "PNG")))
        assert (pixels[:20] == 0).all()
        assert (pixels[20:] == 255).all()

    def test_a_transparent_palette_colour_is_paper(self, tmp_path: Path) -> None:
        indexed = Image.fromarray(np.array([[0, 1]], np.uint8)).convert("P")
        indexed.putpalette([0, 0, 0, 10, 10, 10])
        content = encoded(indexed, "PNG", transparency=1)
        assert pixels_of(save(tmp_path, "p.png", content)).tolist() == [[0, 255]]

    def test_the_first_of_several_pictures_is_read(self, tmp_path: Path) -> None:
        first, second = Image.fromarray(shade(10)), Image.fromarray(shade(200))
        content = encoded(first, "TIFF", save_all=True, append_images=[second])
        assert pixels_of(save(tmp_path, "two.tif", content)).mean() == 10


class TestHostileFiles:
    PNG: Final = encoded(Image.fromarray(HALVES), "PNG")
    NOISE: Final = np.random.default_rng(0).integers(0, 256, (64, 64), np.uint8)

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "TIFF", "WEBP"])
    def test_a_file_cut_short_is_a_problem_not_half_a_picture(
        self, kind: str, tmp_path: Path
    ) -> None:
        whole = encoded(Image.fromarray(self.NOISE), kind)
        for length in (len(whole) // 4, len(whole) // 2, len(whole) * 9 // 10):
            detail = problem_of(save(tmp_path, f"cut{length}", whole[:length]))
            assert detail.startswith("is no readable")
            assert detail.endswith("take or save it again")

    @pytest.mark.parametrize(
        "content", [b"not a picture", b"\x00" * 900, b"\x89PNG\r\n\x1a\n", b"GIF89a" + bytes(60)]
    )
    def test_what_is_no_picture_is_a_problem(self, content: bytes, tmp_path: Path) -> None:
        assert "no readable PNG, JPEG" in problem_of(save(tmp_path, "odd.png", content))

    def test_a_format_not_asked_for_is_not_even_tried(self, tmp_path: Path) -> None:
        content = encoded(Image.fromarray(HALVES), "GIF")
        assert "no readable PNG, JPEG" in problem_of(save(tmp_path, "p.gif", content))

    def test_an_empty_file_is_a_problem(self, tmp_path: Path) -> None:
        assert "empty file" in problem_of(save(tmp_path, "empty.png", b""))

    @pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (8_001, 8_000)])
    def test_a_picture_that_announces_too_many_pixels_is_never_decoded(
        self, width: int, height: int, tmp_path: Path
    ) -> None:
        head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
        bomb = self.PNG[:8] + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(99)))
        detail = problem_of(save(tmp_path, "bomb.png", bomb + chunk(b"IEND", b"")))
        assert "million" in detail or "exceeds limit" in detail

    def test_the_largest_picture_allowed_is_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = save(tmp_path, "picture.png", self.PNG)
        monkeypatch.setattr(images, "MAX_PIXELS", HALVES.size)
        assert pixels_of(path).shape == HALVES.shape
        monkeypatch.setattr(images, "MAX_PIXELS", HALVES.size - 1)
        assert "has 30 × 40 pixels" in problem_of(path)

    def test_a_file_too_large_is_not_read_to_its_end(self, tmp_path: Path) -> None:
        path = save(tmp_path, "large.png", self.PNG)
        os.truncate(path, MAX_FILE_BYTES + 1)
        assert "larger than 50 MB; save it smaller" in problem_of(path)
        os.truncate(path, MAX_FILE_BYTES)
        assert pixels_of(path).shape == (40, 30)

    def test_a_pipe_is_not_waited_for(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.png")
        assert "is no file" in problem_of(tmp_path / "pipe.png")

    def test_a_folder_and_a_device_are_no_files(self, tmp_path: Path) -> None:
        (tmp_path / "folder.png").mkdir()
        assert "name a picture file" in problem_of(tmp_path / "folder.png")
        assert "name a picture file" in problem_of(Path("/dev/zero"))

    def test_what_is_refused_is_closed(self, tmp_path: Path) -> None:
        (tmp_path / "folder.png").mkdir()
        before = open_descriptors()
        for name in ("folder.png", "gone.png"):
            problem_of(tmp_path / name)
        assert open_descriptors() == before

    def test_a_link_to_itself_is_a_problem(self, tmp_path: Path) -> None:
        (tmp_path / "loop.png").symlink_to("loop.png")
        assert "symbolic links" in problem_of(tmp_path / "loop.png")

    def test_a_file_that_went_away_is_a_problem(self, tmp_path: Path) -> None:
        assert "No such file" in problem_of(tmp_path / "gone.png")

    def test_nothing_in_a_name_reaches_the_terminal_as_a_control(self, tmp_path: Path) -> None:
        path = save(tmp_path, "a\x1b[31m\n\u202e.png", b"no picture")
        read = read_picture(path)
        assert isinstance(read, FrameProblem)
        assert read.name.isprintable()
        assert read.detail.isprintable()

    @given(content=st.binary(max_size=300))
    @settings(max_examples=150)
    def test_any_bytes_give_pixels_or_a_problem(
        self, content: bytes, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        check_total(content, tmp_path_factory)

    @given(
        kind=st.sampled_from(["PNG", "JPEG", "BMP", "TIFF", "WEBP"]),
        changes=st.lists(
            st.tuples(st.integers(0, 1 << 16), st.integers(0, 255)), min_size=1, max_size=12
        ),
    )
    @settings(max_examples=300)
    def test_any_damage_gives_pixels_or_a_problem(
        self,
        kind: str,
        changes: list[tuple[int, int]],
        tmp_path_factory: pytest.TempPathFactory,
    ) -> None:
        content = bytearray(encoded(Image.fromarray(self.NOISE[:16, :16]), kind))
        for at, value in changes:
            content[at % len(content)] = value
        check_total(bytes(content), tmp_path_factory)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def check_total(content: bytes, folders: pytest.TempPathFactory) -> None:
    path = folders.getbasetemp() / "any"
    path.write_bytes(content)
    read = read_picture(path)
    if isinstance(read, FrameProblem):
        assert read.detail
        assert read.detail.isprintable()
    else:
        assert read.ndim == 2
        assert read.dtype == np.uint8


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Three pictures, a text, and a folder with one more."""
    for name in ("b.PNG", "a.jpg", "c.webp"):
        Image.fromarray(HALVES).save(tmp_path / name)
    (tmp_path / "readme.txt").write_text("words")
    (tmp_path / "d.png").mkdir()
    Image.fromarray(HALVES).save(tmp_path / "d.png" / "e.bmp")
    return tmp_path


def names(value: str) -> list[str]:
    return [path.name for path in find_pictures(value)]


class TestFinding:
    def test_a_file_is_itself_whatever_its_name(self, album: Path) -> None:
        assert names(str(album / "readme.txt")) == ["readme.txt"]

    def test_a_folder_is_its_own_pictures_by_name(self, album: Path) -> None:
        assert names(str(album)) == ["a.jpg", "b.PNG", "c.webp"]

    @pytest.mark.parametrize(
        ("pattern", "found"),
        [
            ("*.jpg", ["a.jpg"]),
            ("[bc].*", ["b.PNG", "c.webp"]),
            ("?.*g", ["a.jpg"]),
            ("*/*.bmp", ["e.bmp"]),
            ("**/*.bmp", ["e.bmp"]),
            ("*", ["a.jpg", "b.PNG", "c.webp", "readme.txt"]),
        ],
    )
    def test_a_pattern_is_the_files_it_matches(
        self, pattern: str, found: list[str], album: Path
    ) -> None:
        assert names(f"{album}/{pattern}") == found

    def test_a_pattern_may_be_relative(self, album: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(album)
        assert names("*.webp") == ["c.webp"]
        assert names("d.png/*.bmp") == ["e.bmp"]
        assert names(".") == ["a.jpg", "b.PNG", "c.webp"]

    def test_a_file_whose_name_looks_like_a_pattern_is_that_file(self, album: Path) -> None:
        Image.fromarray(HALVES).save(album / "[ab].png")
        assert names(str(album / "[ab].png")) == ["[ab].png"]

    def test_a_link_to_a_folder_above_is_no_endless_way(self, album: Path) -> None:
        (album / "d.png" / "up").symlink_to(album)
        assert names(f"{album}/**/*.jpg") == ["a.jpg"]
        assert names(f"{album}/**/e.bmp") == ["e.bmp"]

    @pytest.mark.parametrize(
        ("value", "message", "remedy"),
        [
            ("missing.png", "there is no picture at", "check the path"),
            ("*.tiff", "there is no picture at", "check the pattern"),
            ("empty", "there is no picture at", "put PNG, JPEG"),
            ("a\0b", "there is no picture at", "check the path"),
            ("x" * 5000, "(File name too long)", "check the path"),
            ("a\0*b", "there is no picture at", "check the pattern"),
        ],
    )
    def test_nothing_there_says_what_to_do(
        self, value: str, message: str, remedy: str, album: Path
    ) -> None:
        (album / "empty").mkdir()
        with pytest.raises(DeviceError) as caught:
            find_pictures(f"{album}/{value}")
        assert message in caught.value.message
        assert remedy in caught.value.remedy
        assert caught.value.message.isprintable()


class TestFrames:
    def test_pictures_come_in_order_as_stills(self, album: Path) -> None:
        frames = list(ImageFiles(str(album), clock=CountingClock()).frames())
        assert all(isinstance(frame, Frame) and frame.still for frame in frames)
        assert [Path(frame.name).name for frame in frames] == ["a.jpg", "b.PNG", "c.webp"]
        times = [frame.captured_mono_ns for frame in frames if isinstance(frame, Frame)]
        assert times == sorted(set(times))

    def test_one_unreadable_picture_does_not_end_it(self, album: Path) -> None:
        (album / "b.PNG").write_bytes(b"broken")
        kinds = [type(frame) for frame in ImageFiles(str(album), clock=CountingClock()).frames()]
        assert kinds == [Frame, FrameProblem, Frame]

    def test_it_ends_after_the_picture_at_hand(self, album: Path) -> None:
        source = ImageFiles(str(album), clock=CountingClock())
        frames = source.frames()
        next(frames)
        source.close()
        assert list(frames) == []
