-- What pages of trending lists name.
COPY {schema}.trending_items ({columns}) FROM STDIN
