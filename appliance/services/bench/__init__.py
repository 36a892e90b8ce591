"""The bench where a service is put together: the one place that picks devices, one file for each service.

One file each, and no file for all: a process that loads the chooser of another service would load its devices too, the
network beside the journal's writer.
"""
