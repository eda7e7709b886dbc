-- Takes in which days answers about releases cover.
COPY release_pages FROM STDIN
