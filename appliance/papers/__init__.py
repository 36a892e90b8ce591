"""The papers of a meeting: minutes to print, tables, a calendar, and the folder of all of them under one manifest.

They say what `minutes_document` says and decide nothing. The same journal gives the same bytes.
"""
