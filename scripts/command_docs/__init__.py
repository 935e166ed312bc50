"""What the page of commands says beyond what the commands say of themselves."""
