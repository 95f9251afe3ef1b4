"The page people read."
