"""What deploys Trunkline: the template's resources, the packaging and the laptop."""
