-- Makes an empty copy of one table in the schema of a replay, indexes and checks included. It need not outlive a crash.
CREATE UNLOGGED TABLE {shadow}.{table} (LIKE hotstar.{table} INCLUDING ALL EXCLUDING COMMENTS)
