"""What points elsewhere: Windows shortcuts and the items they are made of."""
