"What an unknown log is: its columns, their roles, its histories, and its first config."
