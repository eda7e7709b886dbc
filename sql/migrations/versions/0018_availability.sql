-- Who offers which title where: providers and their identity, offers of TMDB's and Watchmode's, arrivals and departures.

CREATE FUNCTION streaming.offer_type(word text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT CASE
    WHEN word IN ('flatrate', 'sub', 'tve') THEN 'subscription' WHEN word = 'purchase' THEN 'buy'
    WHEN word IN ('rent', 'buy', 'free', 'ads') THEN word ELSE 'unknown'
  END
$$;
COMMENT ON FUNCTION streaming.offer_type IS 'Of TMDB''s or Watchmode''s word for how a title is offered: subscription, rent, buy, free, ads; what neither is known to say, or nothing: unknown';

CREATE FUNCTION streaming.provider_key(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$
  SELECT coalesce(
    nullif(regexp_replace(replace(lower(normalize(name, NFKC)), '+', ' plus'), '[[:space:][:punct:]]', '', 'g'), ''),
    lower(normalize(name, NFKC))
  )
$$;
COMMENT ON FUNCTION streaming.provider_key IS 'What two spellings of one name have in common: "Disney Plus" and "Disney+", "MagentaTV" and "Magenta TV"';

-- Numbered by a formula and not by arrival: ten million offers need no look-up, and a replay gives the same numbers.
CREATE FUNCTION streaming.listing_id(region text, offer_type text, source_id bigint) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT (
    ((ascii(region) - 65) * 26 + ascii(substr(region, 2)) - 65) * 2097152
    + (array_position('{unknown,subscription,rent,buy,free,ads}'::text[], offer_type) - 1) * 262144
    + source_id
  )::integer
$$;
COMMENT ON FUNCTION streaming.listing_id IS 'The number of a listing: the sum of its region''s part (two capital letters; AA is 0), its type''s (unknown is 0), and TMDB''s number of the provider, below 262144';

CREATE TABLE streaming.listings (
  listing_id integer PRIMARY KEY,
  region text NOT NULL CHECK (region ~ '^[A-Z]{2}$'),
  offer_type text NOT NULL CHECK (offer_type IN ('subscription', 'rent', 'buy', 'free', 'ads', 'unknown')),
  source_id bigint NOT NULL CHECK (source_id BETWEEN 1 AND 262143),
  titles integer NOT NULL,
  UNIQUE (source_id, region, offer_type),
  CHECK (listing_id = streaming.listing_id(region, offer_type, source_id))
) WITH (fillfactor = 80);
COMMENT ON TABLE streaming.listings IS 'What a provider of TMDB''s offers in a region in one way: the parts that tmdb_offers is made of';
COMMENT ON COLUMN streaming.listings.listing_id IS 'Made of the next three';
COMMENT ON COLUMN streaming.listings.region IS 'ISO 3166-1 alpha-2';
COMMENT ON COLUMN streaming.listings.offer_type IS 'subscription, rent, buy, free, ads or unknown';
COMMENT ON COLUMN streaming.listings.source_id IS 'TMDB''s number of the provider';
COMMENT ON COLUMN streaming.listings.titles IS 'How many titles are listed in it';

CREATE TABLE streaming.tmdb_offers (
  work_id bigint PRIMARY KEY REFERENCES tmdb.titles,
  listing_ids integer[] NOT NULL,
  content_hash uuid NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX tmdb_offers_by_listing ON streaming.tmdb_offers USING gin (listing_ids);
COMMENT ON TABLE streaming.tmdb_offers IS 'Where each work is offered as its details say (JustWatch''s data by way of TMDB), one row a work';
COMMENT ON COLUMN streaming.tmdb_offers.listing_ids IS 'The listings that it stands in, each once, ascending';
COMMENT ON COLUMN streaming.tmdb_offers.content_hash IS 'Of the work''s content when it was read: it is read again when that changes';

CREATE TABLE streaming.watchmode_answers (
  media_type text NOT NULL CHECK (media_type IN ('movie', 'tv')),
  tmdb_id bigint NOT NULL,
  region text NOT NULL,
  page_id bigint NOT NULL REFERENCES streaming.pages ON DELETE CASCADE,
  fetched_at timestamptz NOT NULL,
  PRIMARY KEY (media_type, tmdb_id, region)
);
CREATE INDEX watchmode_answers_of_page ON streaming.watchmode_answers (page_id);  -- a page that goes takes them with it
COMMENT ON TABLE streaming.watchmode_answers IS 'Where Watchmode was asked about a title: without a row in watchmode_offers it is offered nowhere there, or Watchmode knows no such title. Goes with its page';
COMMENT ON COLUMN streaming.watchmode_answers.region IS 'A region that was asked for, whether or not the answer names it';
COMMENT ON COLUMN streaming.watchmode_answers.fetched_at IS 'When it was asked';

CREATE TABLE streaming.watchmode_offers (
  media_type text NOT NULL,
  tmdb_id bigint NOT NULL,
  region text NOT NULL,
  source_id bigint NOT NULL,
  type text,
  format text,
  name text,
  price numeric(12, 2),
  web_url text,
  ios_url text,
  android_url text,
  seasons integer,
  episodes integer,
  UNIQUE NULLS NOT DISTINCT (media_type, tmdb_id, region, source_id, type, format),
  FOREIGN KEY (media_type, tmdb_id, region) REFERENCES streaming.watchmode_answers ON DELETE CASCADE
);
CREATE INDEX watchmode_offers_by_source ON streaming.watchmode_offers (source_id, region);
COMMENT ON TABLE streaming.watchmode_offers IS 'What Watchmode says of where titles are offered: the newest answer of each title and region that it was asked for';
COMMENT ON COLUMN streaming.watchmode_offers.source_id IS 'Watchmode''s number of the provider';
COMMENT ON COLUMN streaming.watchmode_offers.type IS 'As Watchmode says it: sub, rent, buy, free, tve';
COMMENT ON COLUMN streaming.watchmode_offers.format IS 'SD, HD, 4K; null: not said';
COMMENT ON COLUMN streaming.watchmode_offers.name IS 'What the answer calls the provider';
COMMENT ON COLUMN streaming.watchmode_offers.price IS 'In the region''s currency, see currencies; null: none, or not known';
COMMENT ON COLUMN streaming.watchmode_offers.seasons IS 'How many of the series'' seasons the provider has';

CREATE TABLE streaming.regions (
  region text PRIMARY KEY,
  name text NOT NULL,
  page_id bigint NOT NULL REFERENCES streaming.pages ON DELETE CASCADE
);
CREATE INDEX regions_of_page ON streaming.regions (page_id);
COMMENT ON TABLE streaming.regions IS 'The countries that TMDB has providers of';

CREATE TABLE streaming.providers (
  provider_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key text NOT NULL UNIQUE,
  name text NOT NULL,
  logo_url text
);
COMMENT ON TABLE streaming.providers IS 'Services that offer titles, each once, whatever numbers and spellings the sources have for it';
COMMENT ON COLUMN streaming.providers.key IS 'Its name without what spellings differ in';
COMMENT ON COLUMN streaming.providers.logo_url IS 'At TMDB, else at Watchmode';

CREATE TABLE streaming.provider_ids (
  source text NOT NULL CHECK (source IN ('tmdb', 'watchmode')),
  source_id bigint NOT NULL,
  name text NOT NULL,
  logo_url text,
  display_priority integer,
  offer_types text[] NOT NULL DEFAULT '{}',
  page_id bigint REFERENCES streaming.pages ON DELETE CASCADE,
  provider_id integer REFERENCES streaming.providers,
  PRIMARY KEY (source, source_id)
);
CREATE INDEX provider_ids_of_provider ON streaming.provider_ids (provider_id);
CREATE INDEX provider_ids_of_page ON streaming.provider_ids (page_id);
COMMENT ON TABLE streaming.provider_ids IS 'The numbers under which sources know a provider; a source can have several for one';
COMMENT ON COLUMN streaming.provider_ids.name IS 'What the source''s directory calls it; of one that no directory lists, what an offer calls it';
COMMENT ON COLUMN streaming.provider_ids.display_priority IS 'TMDB''s place of it, the smallest first';
COMMENT ON COLUMN streaming.provider_ids.offer_types IS 'How it offers titles, as Watchmode''s directory says';
COMMENT ON COLUMN streaming.provider_ids.page_id IS 'The answer that names it, with which it goes; null: only the details of works do';

CREATE TABLE streaming.provider_regions (
  source text NOT NULL,
  source_id bigint NOT NULL,
  region text NOT NULL,
  display_priority integer,
  PRIMARY KEY (source, source_id, region),
  FOREIGN KEY (source, source_id) REFERENCES streaming.provider_ids ON DELETE CASCADE
);
CREATE INDEX provider_regions_by_region ON streaming.provider_regions (region);
COMMENT ON TABLE streaming.provider_regions IS 'Where a provider is to be had, as the sources'' directories say';
COMMENT ON COLUMN streaming.provider_regions.display_priority IS 'TMDB''s place of it in the region, the smallest first';

CREATE TABLE streaming.provider_aliases (
  source text NOT NULL CHECK (source IN ('tmdb', 'watchmode')),
  source_id bigint NOT NULL,
  name text NOT NULL,
  reason text NOT NULL,
  PRIMARY KEY (source, source_id)
);
COMMENT ON TABLE streaming.provider_aliases IS 'Which provider a number means where its own name does not tell; kept by hand';
COMMENT ON COLUMN streaming.provider_aliases.name IS 'The provider''s name: numbers of one name are one provider';

INSERT INTO streaming.provider_aliases (source, source_id, name, reason) VALUES
('tmdb', 509, 'WE tv (US)', 'A channel in the US: TMDB writes it WeTV, like another service in Asia'),
('tmdb', 2, 'Apple TV Store', 'The shop: what is called Apple TV has been the shop, and is the subscription'),
('watchmode', 349, 'Apple TV Store', 'The same shop, called iTunes or AppleTV'),
('tmdb', 350, 'Apple TV Plus', 'The subscription'),
('watchmode', 371, 'Apple TV Plus', 'The same subscription'),
('tmdb', 10, 'Amazon Video', 'The shop'),
('watchmode', 24, 'Amazon Video', 'The same shop, called Amazon'),
('watchmode', 26, 'Amazon Prime Video', 'Called Prime Video'),
('tmdb', 3, 'Google Play Movies', 'The shop'),
('watchmode', 140, 'Google Play Movies', 'The same shop, called Google Play'),
('tmdb', 7, 'Fandango at Home', 'The shop that was called Vudu'),
('watchmode', 307, 'Fandango at Home', 'The same shop'),
('tmdb', 68, 'Microsoft Store', 'The shop'),
('watchmode', 398, 'Microsoft Store', 'The same shop, called Windows Store or Microsoft Store'),
('tmdb', 384, 'HBO Max', 'The subscription'),
('tmdb', 1899, 'HBO Max', 'The same subscription, for some years called Max'),
('watchmode', 387, 'HBO Max', 'The same subscription'),
('tmdb', 194, 'Starz Amazon Channel', 'Called Starz Play Amazon Channel in some countries: one logo'),
('tmdb', 1794, 'Starz Amazon Channel', 'The same channel'),
('tmdb', 73, 'Tubi TV', 'The free service'),
('watchmode', 296, 'Tubi TV', 'The same service, called Tubi'),
('tmdb', 515, 'Amazon MX Player', 'Called MX Player before Amazon had it'),
('tmdb', 122, 'JioHotstar', 'Called Hotstar before the merger'),
('tmdb', 2336, 'JioHotstar', 'The same subscription');

CREATE FUNCTION streaming.providers_named(sought text) RETURNS SETOF integer
LANGUAGE sql STABLE ROWS 2
AS $$
  SELECT p.provider_id FROM streaming.providers AS p WHERE p.key = streaming.provider_key(sought)
  UNION
  SELECT i.provider_id FROM streaming.provider_ids AS i
  WHERE streaming.provider_key(i.name) = streaming.provider_key(sought) AND i.provider_id IS NOT NULL
$$;
COMMENT ON FUNCTION streaming.providers_named IS 'The providers that bear a name, however it is written, or that a source knows under it; several where the name does not tell them apart';

CREATE TABLE streaming.currencies (
  region text PRIMARY KEY,
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$')
);
COMMENT ON TABLE streaming.currencies IS 'What prices in a country are in: Watchmode names none';
COMMENT ON COLUMN streaming.currencies.region IS 'ISO 3166-1 alpha-2';
COMMENT ON COLUMN streaming.currencies.currency IS 'ISO 4217';

INSERT INTO streaming.currencies (region, currency)
SELECT unnest(string_to_array(regions, ' ')), currency
FROM (VALUES
  ('USD', 'US PR GU VI EC SV PA PW TL'),
  ('EUR', 'AD AT BE BG CY DE EE ES FI FR GF GP GR HR IE IT LT LU LV MC ME MQ MT NL PT RE SI SK SM VA XK YT'),
  ('GBP', 'GB GG IM JE'), ('CAD', 'CA'), ('AUD', 'AU'), ('NZD', 'NZ'), ('CHF', 'CH LI'), ('SEK', 'SE'), ('NOK', 'NO'), ('DKK', 'DK GL FO'),
  ('ISK', 'IS'), ('PLN', 'PL'), ('CZK', 'CZ'), ('HUF', 'HU'), ('RON', 'RO'), ('RSD', 'RS'), ('UAH', 'UA'), ('RUB', 'RU'), ('BYN', 'BY'), ('MDL', 'MD'),
  ('ALL', 'AL'), ('BAM', 'BA'), ('MKD', 'MK'), ('TRY', 'TR'), ('GIP', 'GI'),
  ('INR', 'IN'), ('PKR', 'PK'), ('LKR', 'LK'), ('BDT', 'BD'), ('NPR', 'NP'), ('JPY', 'JP'), ('KRW', 'KR'), ('CNY', 'CN'), ('TWD', 'TW'), ('HKD', 'HK'),
  ('MOP', 'MO'), ('SGD', 'SG'), ('MYR', 'MY'), ('IDR', 'ID'), ('PHP', 'PH'), ('THB', 'TH'), ('VND', 'VN'), ('KHR', 'KH'), ('LAK', 'LA'), ('MNT', 'MN'),
  ('KZT', 'KZ'), ('UZS', 'UZ'), ('AZN', 'AZ'), ('AMD', 'AM'), ('GEL', 'GE'),
  ('AED', 'AE'), ('SAR', 'SA'), ('QAR', 'QA'), ('KWD', 'KW'), ('BHD', 'BH'), ('OMR', 'OM'), ('ILS', 'IL PS'), ('JOD', 'JO'), ('LBP', 'LB'), ('IQD', 'IQ'),
  ('EGP', 'EG'), ('LYD', 'LY'), ('TND', 'TN'), ('DZD', 'DZ'), ('MAD', 'MA'), ('YER', 'YE'),
  ('ZAR', 'ZA'), ('NGN', 'NG'), ('GHS', 'GH'), ('KES', 'KE'), ('UGX', 'UG'), ('TZS', 'TZ'), ('ZMW', 'ZM'), ('MZN', 'MZ'), ('AOA', 'AO'), ('MUR', 'MU'),
  ('SCR', 'SC'), ('CVE', 'CV'), ('MWK', 'MW'), ('MGA', 'MG'), ('CDF', 'CD'), ('XOF', 'BF CI ML NE SN'), ('XAF', 'CM GQ TD'), ('ZWG', 'ZW'),
  ('MXN', 'MX'), ('BRL', 'BR'), ('ARS', 'AR'), ('CLP', 'CL'), ('COP', 'CO'), ('PEN', 'PE'), ('UYU', 'UY'), ('PYG', 'PY'), ('BOB', 'BO'), ('VES', 'VE'),
  ('CRC', 'CR'), ('GTQ', 'GT'), ('HNL', 'HN'), ('NIO', 'NI'), ('DOP', 'DO'), ('CUP', 'CU'), ('HTG', 'HT'), ('GYD', 'GY'), ('JMD', 'JM'), ('TTD', 'TT'),
  ('BBD', 'BB'), ('BSD', 'BS'), ('BZD', 'BZ'), ('BMD', 'BM'), ('XCD', 'AG LC'), ('XPF', 'PF'), ('PGK', 'PG'), ('FJD', 'FJ'), ('USD', 'TC')
) AS listed (currency, regions);

CREATE TABLE streaming.availability_changes (
  change_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  media_type text NOT NULL,
  tmdb_id bigint NOT NULL,
  region text NOT NULL,
  provider_id integer NOT NULL REFERENCES streaming.providers,
  offer_type text NOT NULL,
  change text NOT NULL CHECK (change IN ('arrived', 'left')),
  seen_at timestamptz NOT NULL,
  source text NOT NULL CHECK (source IN ('tmdb', 'watchmode')),
  leaving_date date
);
CREATE INDEX availability_changes_of_provider ON streaming.availability_changes (provider_id, region, seen_at);
CREATE INDEX availability_changes_of_title ON streaming.availability_changes (media_type, tmdb_id, seen_at);
CREATE INDEX availability_changes_by_time ON streaming.availability_changes (source, seen_at);
COMMENT ON TABLE streaming.availability_changes IS
  'Arrivals and departures of titles by provider, region and type, in turn. What a source first says of a title is '
  'neither, unless it had left; what is removed because a source''s terms allow no more is no departure';
COMMENT ON COLUMN streaming.availability_changes.seen_at IS 'When the source was asked whose answer shows it: it happened since the answer before';
COMMENT ON COLUMN streaming.availability_changes.source IS 'Whose answer shows it';
COMMENT ON COLUMN streaming.availability_changes.leaving_date IS 'The day announced; null: neither source announces any';

CREATE VIEW streaming.listed_offers AS
SELECT
  t.media_type, t.tmdb_id, l.region, i.provider_id, l.offer_type, l.listing_id,
  -- The block may come from an older page than the rest of the work.
  coalesce(
    (SELECT p.sent_at FROM tmdb.pages AS p WHERE p.page_id = (c.block_pages ->> 'watch/providers')::bigint), c.confirmed_at
  ) AS fetched_at
FROM tmdb.titles AS t
JOIN streaming.tmdb_offers AS o USING (work_id)
JOIN tmdb.contents AS c USING (work_id)
CROSS JOIN LATERAL unnest(o.listing_ids) AS offered (listing_id)
JOIN streaming.listings AS l USING (listing_id)
JOIN streaming.provider_ids AS i ON i.source = 'tmdb' AND l.source_id = i.source_id;
COMMENT ON VIEW streaming.listed_offers IS 'TMDB''s offers, one row for each title, region, provider''s number and type';
COMMENT ON COLUMN streaming.listed_offers.fetched_at IS 'When TMDB was last asked for them';

CREATE VIEW streaming.priced_offers AS
SELECT
  w.media_type, w.tmdb_id, w.region, i.provider_id, streaming.offer_type(w.type) AS offer_type, w.format AS quality,
  w.price AS price_amount, CASE WHEN w.price IS NOT NULL THEN c.currency END AS price_currency, w.web_url AS deep_link,
  w.ios_url, w.android_url, w.seasons, w.episodes, a.fetched_at, w.source_id, w.type
FROM streaming.watchmode_offers AS w
JOIN streaming.watchmode_answers AS a USING (media_type, tmdb_id, region)
JOIN streaming.provider_ids AS i ON i.source = 'watchmode' AND w.source_id = i.source_id
LEFT JOIN streaming.currencies AS c ON w.region = c.region
WHERE NOT EXISTS (
  SELECT FROM streaming.availability_changes AS g
  WHERE
    g.media_type = w.media_type AND g.tmdb_id = w.tmdb_id AND g.region = w.region AND g.provider_id = i.provider_id
    AND g.offer_type = streaming.offer_type(w.type) AND g.change = 'left' AND g.seen_at > a.fetched_at
);
COMMENT ON VIEW streaming.priced_offers IS 'Watchmode''s offers, with provider, type and currency, without those that left after it was asked';

CREATE VIEW streaming.streaming_availability AS
SELECT
  md5(concat_ws('/', m.media_type, m.tmdb_id, m.region, m.provider_id, m.offer_type, m.quality))::uuid AS id,
  m.tmdb_id, m.media_type, m.region, p.name AS service_name, m.offer_type AS service_type, p.logo_url AS service_logo_url,
  m.deep_link, m.price_amount, m.price_currency, m.quality, NULL::date AS leaving_date, greatest(m.listed_at, m.priced_at) AS fetched_at,
  fresh.until AS expires_at, fresh.until <= ops.now() AS is_stale, m.sources, m.provider_id,
  m.ios_url, m.android_url, m.seasons, m.episodes, m.priced_at AS price_fetched_at
FROM (
  (SELECT DISTINCT ON (w.media_type, w.tmdb_id, w.region, w.provider_id, w.offer_type, w.quality)
    w.media_type, w.tmdb_id, w.region, w.provider_id, w.offer_type, w.quality, w.price_amount, w.price_currency, w.deep_link,
    w.ios_url, w.android_url, w.seasons, w.episodes, w.fetched_at AS priced_at, l.listed_at,
    CASE WHEN l.listed_at IS NULL THEN '{watchmode}'::text[] ELSE '{tmdb,watchmode}'::text[] END AS sources
  FROM streaming.priced_offers AS w
  CROSS JOIN LATERAL (
    SELECT max(o.fetched_at) AS listed_at
    FROM streaming.listed_offers AS o
    WHERE
      o.media_type = w.media_type AND o.tmdb_id = w.tmdb_id AND o.region = w.region AND o.provider_id = w.provider_id
      AND o.offer_type = w.offer_type
  ) AS l
  ORDER BY
    w.media_type ASC, w.tmdb_id ASC, w.region ASC, w.provider_id ASC, w.offer_type ASC, w.quality ASC,
    w.price_amount ASC NULLS LAST, w.deep_link IS NULL ASC, w.source_id ASC, w.type ASC)
  UNION ALL
  SELECT
    l.media_type, l.tmdb_id, l.region, l.provider_id, l.offer_type, NULL, NULL, NULL, NULL,
    NULL, NULL, NULL, NULL, NULL, max(l.fetched_at), '{tmdb}'::text[]
  FROM streaming.listed_offers AS l
  WHERE NOT EXISTS (
    SELECT FROM streaming.priced_offers AS w
    WHERE
      l.media_type = w.media_type AND l.tmdb_id = w.tmdb_id AND l.region = w.region AND l.provider_id = w.provider_id
      AND l.offer_type = w.offer_type
  )
  GROUP BY l.media_type, l.tmdb_id, l.region, l.provider_id, l.offer_type
) AS m
JOIN streaming.providers AS p USING (provider_id)
CROSS JOIN LATERAL (
  SELECT
    greatest(
      m.listed_at + (SELECT t.ttl FROM streaming.ttls AS t WHERE t.rule = 'tmdb_providers'),
      m.priced_at + (SELECT t.ttl FROM streaming.ttls AS t WHERE t.rule = 'watchmode_availability')
    ) AS until
) AS fresh;
COMMENT ON VIEW streaming.streaming_availability IS 'Where titles can be watched: TMDB''s and Watchmode''s offers, one row for each title, region, provider, type and quality. Meant for one title at a time';
COMMENT ON COLUMN streaming.streaming_availability.id IS 'Made of the columns that name the row';
COMMENT ON COLUMN streaming.streaming_availability.region IS 'ISO 3166-1 alpha-2';
COMMENT ON COLUMN streaming.streaming_availability.service_type IS 'subscription, rent, buy, free, ads, or unknown: a word that is not known is not guessed';
COMMENT ON COLUMN streaming.streaming_availability.deep_link IS 'Into the service; Watchmode''s alone, where its plan gives one';
COMMENT ON COLUMN streaming.streaming_availability.price_amount IS 'Watchmode''s alone; the lowest where it names several for one row';
COMMENT ON COLUMN streaming.streaming_availability.price_currency IS 'ISO 4217, the country''s own; null without a price';
COMMENT ON COLUMN streaming.streaming_availability.quality IS 'SD, HD, 4K as Watchmode says it; null: not said, TMDB never says it';
COMMENT ON COLUMN streaming.streaming_availability.leaving_date IS 'Neither source tells it: always null';
COMMENT ON COLUMN streaming.streaming_availability.fetched_at IS 'When a source that says so was last asked';
COMMENT ON COLUMN streaming.streaming_availability.expires_at IS 'When the last answer that says so should have been asked for again';
COMMENT ON COLUMN streaming.streaming_availability.is_stale IS 'That moment has passed. The price may be older: see price_fetched_at';
COMMENT ON COLUMN streaming.streaming_availability.sources IS 'Who says so';
COMMENT ON COLUMN streaming.streaming_availability.price_fetched_at IS 'When Watchmode was asked, whose price, quality and links these are; null: TMDB alone says so';
COMMENT ON COLUMN streaming.streaming_availability.provider_id IS 'See providers: one for all numbers and spellings of a service';

CREATE VIEW streaming.titles_by_provider AS
SELECT l.region, i.provider_id, l.offer_type, t.media_type, t.tmdb_id
FROM streaming.provider_ids AS i
JOIN streaming.listings AS l ON i.source = 'tmdb' AND i.source_id = l.source_id
JOIN streaming.tmdb_offers AS o ON o.listing_ids @> ARRAY[l.listing_id]
JOIN tmdb.titles AS t USING (work_id)
UNION
SELECT w.region, w.provider_id, w.offer_type, w.media_type, w.tmdb_id
FROM streaming.priced_offers AS w;
COMMENT ON VIEW streaming.titles_by_provider IS 'Which titles a provider offers in a region in one way: filtered by region, provider_id and offer_type it reads an index';

CREATE VIEW streaming.region_providers AS
WITH offered AS (
  SELECT i.provider_id, r.region, r.display_priority, NULL AS offer_type
  FROM streaming.provider_regions AS r
  JOIN streaming.provider_ids AS i USING (source, source_id)
  UNION ALL
  SELECT i.provider_id, r.region, NULL, unnest(i.offer_types)
  FROM streaming.provider_regions AS r
  JOIN streaming.provider_ids AS i USING (source, source_id)
  UNION ALL
  SELECT i.provider_id, l.region, NULL, l.offer_type
  FROM streaming.listings AS l
  JOIN streaming.provider_ids AS i ON i.source = 'tmdb' AND l.source_id = i.source_id
  WHERE l.titles > 0
  UNION ALL
  SELECT w.provider_id, w.region, NULL, w.offer_type
  FROM streaming.priced_offers AS w
),

by_region AS (
  SELECT
    o.provider_id, o.region, min(o.display_priority) AS display_priority,
    coalesce(array_agg(DISTINCT o.offer_type) FILTER (WHERE o.offer_type IS NOT NULL), '{}') AS service_types
  FROM offered AS o
  GROUP BY o.provider_id, o.region
)

SELECT
  b.region, p.provider_id, p.name, p.logo_url, b.service_types, b.display_priority,
  array_agg(b.region) OVER (PARTITION BY p.provider_id ORDER BY b.region ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS regions
FROM by_region AS b
JOIN streaming.providers AS p USING (provider_id);
COMMENT ON VIEW streaming.region_providers IS 'Providers by region. By name: WHERE provider_id IN (SELECT streaming.providers_named(''Disney+''))';
COMMENT ON COLUMN streaming.region_providers.service_types IS 'How it offers titles there: what its directory says and what is offered; none where nothing is';
COMMENT ON COLUMN streaming.region_providers.display_priority IS 'TMDB''s place of it in the region, the smallest first; null: TMDB does not list it there';
COMMENT ON COLUMN streaming.region_providers.regions IS 'All regions that have it';
