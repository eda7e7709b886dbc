-- Takes in the first dates by region of films.
COPY regional_dates FROM STDIN
