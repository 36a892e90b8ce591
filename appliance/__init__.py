"""Roll and ballots for meeting rooms: camera → face → attendance; keypad or tablet → ballot; both → record → MQTT."""

__version__ = "0.1.0"
