"""Work that outlives a turn: rows in SQL are the truth, Celery is the engine."""
