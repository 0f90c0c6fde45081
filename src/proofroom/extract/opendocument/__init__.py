"""Shared by the OpenDocument formats: texts, slides, drawings, spreadsheets, in a zip or as one flat XML."""
