"""The reference central server: verify → archive → receipt; rooms, rolls and results as the archive has them."""
