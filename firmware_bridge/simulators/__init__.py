"""Simulated devices behind real ptys, for the demo and for tests."""
