"""Our contact flows with their conversations, and the tools that try, compare and move flows."""
