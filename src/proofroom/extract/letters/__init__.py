"""Messages as mail programs keep them: MAPI properties, bodies and attachments, threads, signatures, cards."""
