"""Rules: values in, values out. No clock, IO, logging or framework."""
