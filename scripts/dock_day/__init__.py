"""A made-up day at a dock for `sim_dock_day.py`: items with a known truth, hands, and a tally."""
