"""The simulated room: people who do not exist, and the door they walk up to."""
