"""Control labels: what may be made; what is read stands in the vectors."""

import pytest

from station.core.codes import Algorithm, ControlCode, ControlKind
from station.core.control_code import control_message, make_control_code, read_control_code
from station.core.crypto import PrivateKey


@pytest.fixture(scope="module")
def key() -> PrivateKey:
    return PrivateKey.from_seed(Algorithm.ED25519, bytes(range(32)))


def test_the_message_names_kind_and_name() -> None:
    assert control_message(ControlKind.TOTE, "Q-1") == b"STN1\x00TOTE\x00Q-1"


def test_a_label_is_read_back(key: PrivateKey) -> None:
    payload = make_control_code(ControlKind.TOTE, "Q-1", key)
    code = read_control_code(payload)

    assert payload.startswith(b"STN1:TOTE:Q-1:")
    assert len(payload) == len("STN1:TOTE:Q-1:") + 86
    assert isinstance(code, ControlCode)
    assert (code.kind, code.name) == (ControlKind.TOTE, "Q-1")
    assert key.public_key.verify(code.signature, control_message(code.kind, code.name))


def test_a_unit_s_tag_and_a_label_sign_different_messages(key: PrivateKey) -> None:
    """No signature made for one can be passed off as the other's."""
    assert not control_message(ControlKind.TOTE, "Q-1").startswith(b"UC1\x00")


@pytest.mark.parametrize("name", ["", "A" * 21, "q-1", "Q 1", "Q:1", "Q_1", "Ä", "Q\n", "Q\x00"])
def test_names_that_are_none(key: PrivateKey, name: str) -> None:
    with pytest.raises(ValueError, match=r"^a tote's name is 1 to 20 of A-Z, 0-9 and hyphen, not "):
        make_control_code(ControlKind.TOTE, name, key)


def test_only_a_station_s_kind_of_key_signs_labels() -> None:
    key = PrivateKey.from_seed(Algorithm.ECDSA_P256, bytes(range(32)))
    with pytest.raises(ValueError, match=r"^control labels are signed with the station's own"):
        make_control_code(ControlKind.TOTE, "Q-1", key)


def test_a_problem_says_where(key: PrivateKey) -> None:
    payload = make_control_code(ControlKind.TOTE, "Q-1", key)
    problem = read_control_code(payload[:-1] + b"+")

    assert not isinstance(problem, ControlCode)
    assert problem.offset == len(b"STN1:TOTE:Q-1:")


class TestBadges:
    def test_the_message_names_the_number(self) -> None:
        assert control_message(ControlKind.BADGE, "ANNA", 12) == b"STN1\x00BADGE\x00ANNA\x0012"

    @pytest.mark.parametrize("number", [1, 10, 9999])
    def test_a_badge_is_read_back(self, key: PrivateKey, number: int) -> None:
        payload = make_control_code(ControlKind.BADGE, "ANNA-2", key, number)
        code = read_control_code(payload)

        assert payload.startswith(b"STN1:BADGE:ANNA-2:%d:" % number)
        assert isinstance(code, ControlCode)
        assert (code.kind, code.name, code.number) == (ControlKind.BADGE, "ANNA-2", number)
        assert key.public_key.verify(code.signature, code.signed_bytes)

    @pytest.mark.parametrize("number", [0, -1, 10_000])
    def test_numbers_that_are_none(self, key: PrivateKey, number: int) -> None:
        with pytest.raises(ValueError, match="a badge's number is 1 to 9999"):
            make_control_code(ControlKind.BADGE, "ANNA", key, number)

    def test_a_badge_needs_an_operator_s_name(self, key: PrivateKey) -> None:
        with pytest.raises(ValueError, match=r"^an operator's name is 1 to 20"):
            make_control_code(ControlKind.BADGE, "anna", key, 1)

    def test_no_signature_counts_for_another_number_name_or_kind(self, key: PrivateKey) -> None:
        """A dash may stand in a name, so only the separators keep name and number apart."""
        signed = {
            control_message(ControlKind.BADGE, "A-1", 1),
            control_message(ControlKind.BADGE, "A-1", 11),
            control_message(ControlKind.BADGE, "A-11", 1),
            control_message(ControlKind.TOTE, "A-1"),
        }
        assert len(signed) == 4
