"""What several document formats share: stories of Office documents, XML and HTML walkers, lines in batches."""
