"""The datasets that reports can be made of, a module each."""
