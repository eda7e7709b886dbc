-- Makes room for the next batch of pages; the tables of this one are done with.
DROP TABLE touched, runs, newest, payloads CASCADE
