"""An audit as one HTML page, which loads no other file."""
