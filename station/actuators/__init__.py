"""Outputs at the dock: stack lights, buzzers, the diverter gate."""
