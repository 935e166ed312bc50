"""Decodes frames into symbols."""
