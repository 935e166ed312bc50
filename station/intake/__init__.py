"""The verdict loop: queues, presentations, supervision of sources, health."""
