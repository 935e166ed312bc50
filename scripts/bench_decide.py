"""How many verdicts a second one core decides from facts, beside a floor in the same run.

The floor is a plain cascade over the same facts, with every class and number written in place: no
table, no generators, no words. It must give equal verdicts, which is checked first. Both sides run
in turn on the same facts; medians of rounds. Exits with 1 when the bound is not met.

    python scripts/bench_decide.py [--rounds N]
"""

import argparse
import statistics
import sys
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path
from time import perf_counter_ns

from msgspec.structs import replace

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from station.core.codes import CodeKind, UnitIdentity  # noqa: E402
from station.core.decision import decide  # noqa: E402
from station.core.facts import Facts, Freshness, Repeat, SignatureStatus  # noqa: E402
from station.core.policy import SitePolicy  # noqa: E402
from station.core.reasons import Reason, VerdictClass  # noqa: E402
from station.core.registry import KeyState, Overlay, UnitState  # noqa: E402
from station.core.verdict import UnitChange, Verdict  # noqa: E402

MIN_VERDICTS_PER_S = 20_000
UNITS = 5_000
POLICY = SitePolicy()

GENUINE = Facts(
    kind=CodeKind.UC1,
    identity=UnitIdentity("09506000134352", "K7QZ4M2XW9TRB"),
    enrolled=True,
    form_must_be_signed=True,
    signature=SignatureStatus.VALID,
    key_state=KeyState.ACTIVE,
    listed=True,
    unit_state=UnitState.ACTIVE,
)
RECEIVED = replace(
    GENUINE,
    claim_state=UnitState.RECEIVED,
    claim_station="dock-1",
    standing_class=VerdictClass.ACCEPT,
    standing_reason=Reason.OK,
)
REVOKED = replace(GENUINE, signature=SignatureStatus.NOT_EVALUATED, key_state=KeyState.REVOKED)
TROUBLE = (
    replace(GENUINE, signature=SignatureStatus.INVALID),
    replace(GENUINE, signature=SignatureStatus.INVALID, second_read=True),
    REVOKED,
    replace(REVOKED, key_entitled=False, overlays=Overlay.STOLEN | Overlay.RECALLED),
    replace(GENUINE, listed=False, unit_state=None),
    replace(GENUINE, unit_state=UnitState.DESTROYED, expired=True, data_mismatch=("lot",)),
    replace(GENUINE, overlays=Overlay.STOLEN | Overlay.RECALLED | Overlay.BLOCKED),
    replace(GENUINE, places_in_frame=2),
    replace(GENUINE, received_elsewhere="dock-9", unit_state=UnitState.RECEIVED),
    replace(RECEIVED, repeat=Repeat.NEW_PRESENTATION),
    replace(RECEIVED, repeat=Repeat.SAME_PRESENTATION),
    Facts(kind=CodeKind.SGTIN, identity=GENUINE.identity, enrolled=False),
)


def loads() -> dict[str, list[Facts]]:
    """What is decided: a clean load, one with a faulty item in ten, and trouble alone."""
    units = [
        replace(GENUINE, identity=UnitIdentity("09506000134352", f"K7QZ4M2X{number:05d}"))
        for number in range(UNITS)
    ]
    mixed = list(units)
    mixed[::10] = [TROUBLE[number % len(TROUBLE)] for number in range(len(mixed[::10]))]
    trouble = [TROUBLE[number % len(TROUBLE)] for number in range(UNITS)]
    return {"clean load": units, "one in ten faulty": mixed, "trouble alone": trouble}


def floor(facts: Facts) -> Verdict:  # noqa: PLR0912 - a cascade is the point
    """The same verdicts for the loads above, as directly as they can be written."""
    stale = facts.freshness is not Freshness.FRESH
    modifiers = (Reason.REGISTRY_STALE,) if stale else ()
    invalid = facts.signature is SignatureStatus.INVALID
    if invalid and not facts.second_read and facts.places_in_frame == 1:
        return Verdict(VerdictClass.RESCAN, Reason.SIGNATURE_INVALID, modifiers=modifiers)
    found: list[tuple[int, int, Reason]] = []
    if facts.places_in_frame > 1:
        found.append((-4, 8, Reason.CODE_TWICE_IN_FRAME))
    if facts.enrolled is False:
        found.append((-1, 12, Reason.GTIN_NOT_ENROLLED))
    elif invalid:
        found.append((-4, 11, Reason.SIGNATURE_INVALID))
    else:
        if facts.key_state is KeyState.REVOKED:
            found.append((-4, 10, Reason.KEY_REVOKED))
        if not facts.key_entitled:
            found.append((-4, 13, Reason.BRAND_KEY_MISMATCH))
        if facts.unit_state is UnitState.DESTROYED:
            found.append((-4, 14, Reason.UNIT_DESTROYED))
        if facts.overlays:
            if facts.overlays & Overlay.STOLEN:
                found.append((-4, 15, Reason.UNIT_STOLEN))
            if facts.overlays & Overlay.RECALLED:
                found.append((-4, 16, Reason.UNIT_RECALLED))
            if facts.overlays & Overlay.BLOCKED:
                found.append((-4, 17, Reason.UNIT_BLOCKED))
        if facts.received_elsewhere is not None:
            found.append((-4, 18, Reason.DUPLICATE_OTHER_STATION))
        if facts.repeat is Repeat.NEW_PRESENTATION:
            found.append((-3, 19, Reason.REPEAT_SAME_STATION))
        if facts.expired:
            found.append((-4, 21, Reason.UNIT_EXPIRED))
        if facts.data_mismatch:
            found.append((-3, 22, Reason.DATA_MISMATCH))
        if not facts.listed and facts.signature is SignatureStatus.VALID:
            found.append((-1, 23, Reason.UNIT_UNKNOWN_SIGNED))
    trusted = bool(facts.enrolled) and facts.signature is SignatureStatus.VALID
    if not found:
        first = facts.repeat is Repeat.NONE
        return Verdict(
            VerdictClass.ACCEPT,
            Reason.OK,
            () if first else (Reason.REPEAT_SAME_STATION,),
            modifiers,
            change=UnitChange.RECEIVE if first else UnitChange.NONE,
        )
    found.sort()
    verdict_class = VerdictClass(-found[0][0])
    change = UnitChange.NONE
    if trusted and verdict_class is VerdictClass.QUARANTINE:
        change = UnitChange.QUARANTINE
    elif trusted and verdict_class is VerdictClass.ACCEPT_NOTE:
        change = UnitChange.RECEIVE
    also = sorted((number, reason.value, reason) for _, number, reason in found[1:])
    return Verdict(
        verdict_class,
        found[0][2],
        tuple(reason for _, _, reason in also),
        modifiers,
        found[0][2] is Reason.UNIT_UNKNOWN_SIGNED,
        change,
    )


def nanoseconds_each(judge: Callable[[Facts], Verdict], load: Sequence[Facts]) -> float:
    """The time of one round over a load, divided by its length."""
    begun_ns = perf_counter_ns()
    for facts in load:
        judge(facts)
    return (perf_counter_ns() - begun_ns) / len(load)


def ours(facts: Facts) -> Verdict:
    """Our decision under the default policy."""
    return decide(facts, POLICY)


def bench(rounds: int) -> bool:
    """Print verdicts a second of every load; whether the bound holds."""
    good = True
    for name, load in loads().items():
        for facts in load:
            if ours(facts) != floor(facts):
                raise SystemExit(f"the floor does other work than decide: {facts}")
        times: dict[Callable[[Facts], Verdict], list[float]] = {ours: [], floor: []}
        for _, judge in product(range(rounds), times):
            times[judge].append(nanoseconds_each(judge, load))
        ours_ns, floor_ns = (statistics.median(values) for values in times.values())
        good = good and 1e9 / ours_ns >= MIN_VERDICTS_PER_S
        print(
            f"{name:18} {1e9 / ours_ns:9,.0f} verdicts/s ({ours_ns / 1000:.2f} us), "
            f"floor {1e9 / floor_ns:9,.0f}/s, {ours_ns / floor_ns:.2f} x the floor"
        )
    print(f"bound: at least {MIN_VERDICTS_PER_S:,} verdicts/s: {'met' if good else 'NOT MET'}")
    return good


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark; exit code 0 when the bound is met."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    return 0 if bench(parser.parse_args(argv).rounds) else 1


if __name__ == "__main__":
    sys.exit(main())
