"""What the Office formats share: the zip package, its relationships, cells, number formats, formulas."""
