-- Takes in the rows of TMDB's lists of upcoming films.
COPY upcoming FROM STDIN
