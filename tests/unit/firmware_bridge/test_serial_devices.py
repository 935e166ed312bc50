"""Names of serial devices and the words for each way one cannot be opened."""

import errno
from pathlib import Path

import pytest

from firmware_bridge.errors import PortFault
from firmware_bridge.serial_devices import lasting_name, open_fault, present_devices

HONEYWELL = "usb-Honeywell_1950g_22123B12AB-if00"


@pytest.fixture
def dev(tmp_path: Path) -> Path:
    """Two adapters, of which udev named one; a port that is not pluggable."""
    by_id = tmp_path / "serial" / "by-id"
    by_id.mkdir(parents=True)
    for name in ("ttyUSB0", "ttyACM0", "ttyS0"):
        (tmp_path / name).touch()
    (by_id / HONEYWELL).symlink_to("../../ttyACM0")
    return tmp_path


def test_a_device_is_listed_once_by_its_lasting_name(dev: Path) -> None:
    assert present_devices(dev) == (str(dev / "serial/by-id" / HONEYWELL), str(dev / "ttyUSB0"))


def test_a_machine_without_devices_lists_none(tmp_path: Path) -> None:
    assert present_devices(tmp_path) == ()
    assert present_devices(tmp_path / "none") == ()


def test_a_name_nobody_could_type_is_not_listed(dev: Path) -> None:
    (dev / "serial/by-id" / "usb-\x1b]0;evil\x07").symlink_to("../../ttyUSB0")
    assert present_devices(dev) == (str(dev / "serial/by-id" / HONEYWELL), str(dev / "ttyUSB0"))


def test_the_lasting_name_of_a_device_is_found(dev: Path) -> None:
    by_id = str(dev / "serial/by-id" / HONEYWELL)
    assert lasting_name(str(dev / "ttyACM0"), dev) == by_id
    assert lasting_name(by_id, dev) is None
    assert lasting_name(str(dev / "ttyUSB0"), dev) is None
    assert lasting_name(str(dev / "ttyUSB7"), dev) is None


@pytest.mark.parametrize("number", [errno.ENOENT, errno.ENXIO, errno.ENODEV])
def test_a_missing_device_is_told_with_those_present(dev: Path, number: int) -> None:
    error = open_fault("/dev/ttyUSB7", number, "", dev)
    assert error.fault is PortFault.MISSING
    assert str(error) == (
        f"no serial device /dev/ttyUSB7: plugged in: {dev}/serial/by-id/{HONEYWELL}, {dev}/ttyUSB0"
    )


def test_a_missing_device_is_told_where_none_is_present(tmp_path: Path) -> None:
    assert str(open_fault("/dev/ttyUSB7", errno.ENOENT, "", tmp_path)) == (
        "no serial device /dev/ttyUSB7: no serial device is plugged in; check cable and power, and "
        "that the scanner is set to a serial interface (USB COM port), not to keyboard"
    )


def test_many_devices_are_not_all_told(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"ttyUSB{number:02}").touch()
    remedy = open_fault("/dev/x", errno.ENOENT, "", tmp_path).remedy
    assert remedy.count("ttyUSB") == 8
    assert remedy.endswith(", …")


def test_a_forbidden_device_is_told_with_the_group_that_may(tmp_path: Path) -> None:
    error = open_fault(str(tmp_path / "gone"), errno.EACCES, "", tmp_path)
    assert error.fault is PortFault.FORBIDDEN
    assert str(error) == (
        f"no permission to open {tmp_path}/gone: add the station's user to the group dialout "
        "(sudo usermod -aG dialout USER) and log in again"
    )


def test_nobody_is_told_to_join_the_group_root(tmp_path: Path) -> None:
    assert "usermod -aG dialout USER" in open_fault("/", errno.EACCES, "", tmp_path).remedy


@pytest.mark.parametrize("number", [errno.EBUSY, errno.EAGAIN])
def test_a_device_in_use_is_told_with_how_to_find_its_user(tmp_path: Path, number: int) -> None:
    error = open_fault("/dev/ttyUSB0", number, "", tmp_path)
    assert error.fault is PortFault.IN_USE
    assert str(error) == (
        "/dev/ttyUSB0 is in use by another program: stop the other station or terminal program; "
        "`fuser -v /dev/ttyUSB0` names it"
    )


def test_what_is_no_serial_device_is_told_with_those_that_are(dev: Path) -> None:
    error = open_fault("/dev/null", errno.ENOTTY, "", dev)
    assert error.fault is PortFault.NOT_SERIAL
    assert str(error).startswith("/dev/null is not a serial device: plugged in: ")


def test_a_fault_not_foreseen_is_told_in_the_systems_words(tmp_path: Path) -> None:
    error = open_fault("/dev/ttyUSB0", errno.EIO, "Input/output error", tmp_path)
    assert error.fault is PortFault.NOT_WORKING
    assert str(error) == (
        "/dev/ttyUSB0 does not work (Input/output error): check cable and power, plug it in again"
    )
