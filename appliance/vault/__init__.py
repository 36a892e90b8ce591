"""Keys and credentials: the device key, the gallery key, sign-in secrets. Nothing of it is ever in journal or logs."""
