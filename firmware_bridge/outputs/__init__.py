"""Outputs: stack light, buzzer and diverter gate, over Modbus, serial line and network."""
