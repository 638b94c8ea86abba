"""nangonb."""
