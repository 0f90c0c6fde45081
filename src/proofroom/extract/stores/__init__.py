"""Outlook stores (pst, ost): pages and blocks, heaps and tables, items, and what was deleted and not overwritten."""
