"""GS1's own rules: application identifiers, element strings, Digital Link, check digits.

For: `station.core.parsing`. Knows nothing of units, tags or verdicts. Pure: values in, values out.
"""
