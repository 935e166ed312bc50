"""Fetches and trusts what the publisher signed; the engine's socket server."""
