"""Framings without IO: bytes in, events out; the time is an argument."""
