"""One module a command; each defines a click command or group named ``command``."""
