"""An appliance for meeting rooms: camera → face → attendance; keypad or tablet → ballot; both → signed record → MQTT."""

__version__ = "0.1.0"
