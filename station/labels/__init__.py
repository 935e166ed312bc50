"""Draws labels: symbols, sheets, PNG, SVG and ZPL."""
