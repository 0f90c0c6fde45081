"""What the readers of containers share: zip, tar and 7z structure, compressed streams, and mail parts."""
