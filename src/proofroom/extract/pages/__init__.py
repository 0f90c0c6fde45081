"""What PDFium and the bytes of a PDF tell: lines in reading order, notes and forms, attachments, revisions."""
