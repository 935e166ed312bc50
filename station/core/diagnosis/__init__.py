"""Scanner faults: what they do to a code, and how that is undone.

`faults` is the declared table, `keyboards` and `repairs` undo its rows, `candidates` puts them
together. Nothing here decides that a candidate is genuine: a signature does, or for codes without
one a registry row (`station.intake.recognising`).
"""
