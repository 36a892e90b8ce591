"""MQTT out: the window over the journal, the topics, the broker. Decides nothing about meetings."""
