-- Takes in what was read of a batch of works. Each document is a value of its own: all of a batch in one would pass what jsonb holds.
COPY documents FROM STDIN
