"""What the committed test vectors are made of. Imports nothing of the station."""
