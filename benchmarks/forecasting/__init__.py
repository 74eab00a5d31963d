"""What the forecast must reach: the histories it is measured on, and a module for each kind of claim."""
