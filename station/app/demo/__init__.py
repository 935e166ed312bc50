"""The demo: a made-up site with real labels, a real camera stream and a real serial line."""
