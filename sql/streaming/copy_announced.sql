-- Takes in what answers say about releases.
COPY announced FROM STDIN
