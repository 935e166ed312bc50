"""A policy on standard output: one JSON object, or the file a person would write."""

import json

from station.app.result_lines import put_line
from station.core.policy import BrandPolicy, SitePolicy
from station.core.policy_keys import PolicyValue, plain_policy


def show_policy(as_json: bool, whose: dict[str, str], policy: SitePolicy | BrandPolicy) -> None:
    """Print a policy.

    Args:
        as_json: One JSON object instead of lines.
        whose: What the object says beside it.
        policy: What to print; keys that are not set are left out.
    """
    plain = plain_policy(policy)
    lines = [f"{name} = {_toml(value)}" for name, value in plain.items()]
    put_line(as_json, whose | {"policy": plain}, "\n".join(lines) or "nothing beyond the rules")


def _toml(value: PolicyValue) -> str:
    """A value as TOML and JSON both write it."""
    return json.dumps(value, ensure_ascii=False)
