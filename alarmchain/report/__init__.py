"""What the command line writes. Nothing here decides anything."""
