"""Wiring and command line: chooses which adapter serves which port."""
