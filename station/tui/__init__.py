"""The operator's screen: a client of the engine."""
