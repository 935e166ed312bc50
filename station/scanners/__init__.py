"""Serial, keyboard-wedge and line sources: delivers what scanners read as symbols."""
