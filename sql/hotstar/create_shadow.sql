-- Makes an empty copy of one table in the schema of a replay, indexes and checks included.
CREATE TABLE {shadow}.{table} (LIKE hotstar.{table} INCLUDING ALL EXCLUDING COMMENTS)
