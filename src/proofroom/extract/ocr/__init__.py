"""OCR: text from pictures of pages, read by engines in a sandbox of their own that never sees a file."""
