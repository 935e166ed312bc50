"""How long parsing takes beside biip, and what `verify` adds to the library's bare call.

Both sides run in the same process, in turn, on the same payloads: unit codes of several products,
each with its own serial and signature. Medians of rounds. Exits with 1 when a bound is not met.

    python scripts/bench_parse.py [--rounds N]
"""

import argparse
import statistics
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter_ns

import biip
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from station.core.codes import Algorithm, ParsedCode, SignedUnit, UnitIdentity  # noqa: E402
from station.core.crypto import PrivateKey, PublicKey  # noqa: E402
from station.core.gs1.check_digit import check_digit  # noqa: E402
from station.core.parsing import parse  # noqa: E402
from station.core.unit_code import element_string, mint  # noqa: E402

PRODUCTS = 20
UNITS_PER_PRODUCT = 10

MIN_RATIO_TO_BIIP = 30.0
MAX_PARSE_US = 136.0 / MIN_RATIO_TO_BIIP
"""The bound in time: biip took 136 microseconds a code when the bound was set."""

MAX_VERIFY_OVERHEAD_US = 5.0


def unit_payloads(key: PrivateKey) -> list[bytes]:
    """Element strings of many units, as labels carry them."""
    payloads = []
    for product in range(PRODUCTS):
        item = b"09506000%05d" % (1000 + product)
        gtin = f"{item.decode()}{check_digit(item)}"
        for unit in range(UNITS_PER_PRODUCT):
            identity = UnitIdentity(gtin, f"K7QZ4M2X{product:02d}{unit:03d}")
            payloads.append(element_string(identity, mint(identity, 1, key)))
    return payloads


def microseconds_each(run: Callable[[], None], count: int) -> float:
    """The time of one round, divided by how many calls it makes."""
    begun_ns = perf_counter_ns()
    run()
    return (perf_counter_ns() - begun_ns) / count / 1000


def medians(runs: dict[str, Callable[[], None]], count: int, rounds: int) -> dict[str, float]:
    """Run every contender once a round, in turn, so that a slow moment hits all."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        run()
    for _ in range(rounds):
        for name, run in runs.items():
            times[name].append(microseconds_each(run, count))
    return {name: statistics.median(values) for name, values in times.items()}


def bench_parse(rounds: int) -> bool:
    """Print parse beside biip; whether the bound holds."""
    key = PrivateKey.from_seed(Algorithm.ED25519, bytes(range(32)))
    payloads = unit_payloads(key)
    lines = [f"]d2{payload.decode('ascii')}" for payload in payloads]

    def ours() -> None:
        for payload in payloads:
            parse(payload, "]d2")

    def the_long_way() -> None:
        for payload in payloads:
            parse(payload + b"\x1d", "]d2")

    def theirs() -> None:
        for line in lines:
            biip.parse(line)

    result = medians({"ours": ours, "long": the_long_way, "biip": theirs}, len(payloads), rounds)
    ratio = result["biip"] / result["ours"]
    print(f"parse, unit code             {result['ours']:7.2f} us")
    print(f"parse, by way of the table   {result['long']:7.2f} us")
    print(f"biip.parse                   {result['biip']:7.2f} us")
    print(f"ratio biip / parse           {ratio:7.1f}   (at least {MIN_RATIO_TO_BIIP:.0f})")
    return ratio >= MIN_RATIO_TO_BIIP


def parsed_units(payloads: Sequence[bytes]) -> list[SignedUnit]:
    """The parsed codes of payloads that are unit codes."""
    codes: list[ParsedCode] = [parse(payload, "]d2") for payload in payloads]
    return [code for code in codes if isinstance(code, SignedUnit)]


def bench_verify(algorithm: Algorithm, rounds: int) -> bool:
    """Print verify beside the library's own call; whether the bound holds."""
    key = PrivateKey.from_seed(algorithm, bytes(range(32)))
    units = parsed_units(unit_payloads(key))
    loaded = PublicKey.load(algorithm, key.public_bytes)
    jobs = [bare_call(algorithm, key.public_bytes, unit) for unit in units]

    def ours() -> None:
        for unit in units:
            loaded.verify(unit.signature, unit.signed_bytes)

    def bare() -> None:
        for job in jobs:
            job()

    result = medians({"ours": ours, "bare": bare}, len(units), rounds)
    added = result["ours"] - result["bare"]
    print(f"verify, {algorithm.name:<12}         {result['ours']:7.2f} us")
    print(f"bare library call            {result['bare']:7.2f} us")
    print(f"added                        {added:7.2f} us (at most {MAX_VERIFY_OVERHEAD_US:.0f})")
    return added <= MAX_VERIFY_OVERHEAD_US


def bare_call(algorithm: Algorithm, public_key: bytes, unit: SignedUnit) -> Callable[[], None]:
    """One signature check without our code, everything prepared that can be."""
    if algorithm is Algorithm.ED25519:
        ed25519_key = ed25519.Ed25519PublicKey.from_public_bytes(public_key)
        return lambda: ed25519_key.verify(unit.signature, unit.signed_bytes)
    p256_key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
    r, s = (int.from_bytes(unit.signature[at : at + 32], "big") for at in (0, 32))
    signature, scheme = utils.encode_dss_signature(r, s), ec.ECDSA(hashes.SHA256())
    return lambda: p256_key.verify(signature, unit.signed_bytes, scheme)


def main() -> int:
    """Run all; the exit code says whether every bound holds."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=41, help="rounds to take medians of")
    rounds = arguments.parse_args().rounds
    held = [bench_parse(rounds)]
    held += [bench_verify(algorithm, rounds) for algorithm in Algorithm]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
