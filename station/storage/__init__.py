"""The registry and station databases, and key files."""
