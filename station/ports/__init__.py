"""What the steps need from the world, as Protocols in core's types."""
