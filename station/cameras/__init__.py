"""Cameras, video and image files: captures frames."""
