"""Refresh of the registry, upload of events, and publication on the publisher's side."""
