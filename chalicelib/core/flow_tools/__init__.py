"""What an admin does with flows before a caller meets them: try, measure, compare, walk, move."""
