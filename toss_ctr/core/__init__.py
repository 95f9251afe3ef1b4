"What every room stands on: errors, files, work for child processes, tables."
