"""Every key vault keeps the same promises; and what only files can get wrong."""

import os
import stat
from pathlib import Path

import pytest

from station.core.codes import Algorithm
from station.core.crypto import PrivateKey
from station.core.errors import ConfigurationError, StorageError
from station.ports.brand_store import KeyVault
from station.storage.key_files import (
    EncryptedKeyFolder,
    read_station_key,
    write_station_key,
)
from tests.fakes.brand_store import FakeVault

KEY = PrivateKey.from_seed(Algorithm.ED25519, bytes(range(32)))


def opened(folder: Path, passphrase: bytes = b"correct horse") -> EncryptedKeyFolder:
    return EncryptedKeyFolder(folder, lambda: passphrase)


@pytest.fixture(params=["fake", "files"])
def vault(request: pytest.FixtureRequest, tmp_path: Path) -> KeyVault:
    return FakeVault() if request.param == "fake" else opened(tmp_path / "keys")


class TestKeyVault:
    def test_a_key_comes_back(self, vault: KeyVault) -> None:
        assert vault.names() == []
        vault.save("acme-2", KEY)
        vault.save("acme-1", PrivateKey.from_seed(Algorithm.ECDSA_P256, bytes(range(32))))
        assert vault.names() == ["acme-1", "acme-2"]
        assert vault.load("acme-2").public_bytes == KEY.public_bytes
        assert vault.load("acme-1").algorithm is Algorithm.ECDSA_P256

    def test_a_key_is_never_replaced(self, vault: KeyVault) -> None:
        vault.save("acme-1", KEY)
        with pytest.raises(ConfigurationError, match="there is already a key"):
            vault.save("acme-1", PrivateKey.generate(Algorithm.ED25519))
        assert vault.load("acme-1").public_bytes == KEY.public_bytes

    def test_a_missing_key_is_told(self, vault: KeyVault) -> None:
        with pytest.raises(StorageError, match="there is no key"):
            vault.load("acme-1")


class TestKeyFiles:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        return tmp_path / "keys"

    def test_file_and_folder_are_their_owners_alone(self, folder: Path) -> None:
        before = os.umask(0)
        try:
            opened(folder).save("acme-1", KEY)
        finally:
            os.umask(before)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        (path,) = folder.iterdir()
        assert path.name == "acme-1.pem"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_the_file_is_encrypted_and_holds_neither_key_nor_passphrase(self, folder: Path) -> None:
        opened(folder).save("acme-1", KEY)
        content = (folder / "acme-1.pem").read_bytes()
        assert content.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
        assert b"horse" not in content

    def test_a_wrong_passphrase_says_how_to_give_one(self, folder: Path) -> None:
        opened(folder).save("acme-1", KEY)
        with pytest.raises(ConfigurationError) as caught:
            opened(folder, b"wrong").load("acme-1")
        assert "wrong passphrase" in caught.value.message
        assert "acme-1.pem" in caught.value.message
        assert "STATION_KEY_PASSPHRASE" in caught.value.remedy

    def test_the_passphrase_is_asked_for_once(self, folder: Path) -> None:
        asked = []

        def ask() -> bytes:
            asked.append(1)
            return b"p"

        vault = EncryptedKeyFolder(folder, ask)
        vault.save("acme-1", KEY)
        vault.load("acme-1")
        assert asked == [1]

    def test_a_key_file_others_can_read_is_refused(self, folder: Path) -> None:
        opened(folder).save("acme-1", KEY)
        (folder / "acme-1.pem").chmod(0o640)
        with pytest.raises(StorageError) as caught:
            opened(folder).load("acme-1")
        assert "(mode 0640)" in caught.value.message
        assert "revoke the key" in caught.value.remedy

    @pytest.mark.parametrize("content", [b"", b"garbage", b"\0" * 100_000])
    def test_a_damaged_file_is_told(self, folder: Path, content: bytes) -> None:
        opened(folder).save("acme-1", KEY)
        (folder / "acme-1.pem").write_bytes(content)
        with pytest.raises(ConfigurationError, match=r"cannot open key file .*acme-1\.pem"):
            opened(folder).load("acme-1")

    def test_a_pipe_in_its_place_does_not_hold_us(self, folder: Path) -> None:
        folder.mkdir()
        os.mkfifo(folder / "acme-1.pem", 0o600)
        with pytest.raises(StorageError, match="not a plain file"):
            opened(folder).load("acme-1")

    def test_names_cannot_leave_the_folder(self, folder: Path) -> None:
        with pytest.raises(ValueError, match="not the name of a key file"):
            opened(folder).load("../brand")

    def test_a_folder_that_cannot_be_written_is_told(self, folder: Path) -> None:
        folder.write_bytes(b"a file where the folder should be")
        with pytest.raises(StorageError, match="cannot write key file"):
            opened(folder).save("acme-1", KEY)

    def test_the_stations_own_key_comes_back(self, folder: Path) -> None:
        path = folder / "station-key.pem"
        write_station_key(path, KEY)
        assert read_station_key(path).public_bytes == KEY.public_bytes
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with pytest.raises(StorageError, match="File exists"):
            write_station_key(path, KEY)

    def test_a_damaged_station_key_is_told(self, folder: Path) -> None:
        path = folder / "station-key.pem"
        write_station_key(path, KEY)
        path.write_bytes(b"garbage")
        with pytest.raises(StorageError, match="cannot use the station's key"):
            read_station_key(path)
