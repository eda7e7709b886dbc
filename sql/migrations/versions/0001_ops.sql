-- Makes schema ops: how every service is paced, what was called, whose data this is, what needs a person.
-- Leaves every other schema alone. Safe where the schema already stands (alembic keeps its version table in it).

CREATE SCHEMA IF NOT EXISTS ops;
COMMENT ON SCHEMA ops IS 'How services are reached and how the platform fares: pace, budgets, calls, origins, incidents.';

CREATE FUNCTION ops.now() RETURNS timestamptz
LANGUAGE sql VOLATILE
AS 'SELECT clock_timestamp()';
COMMENT ON FUNCTION ops.now() IS 'The only clock of our SQL. Tests replace it in their own database to shift time.';

CREATE TABLE ops.origins (
    service text PRIMARY KEY,
    origin text NOT NULL,
    stamped_at timestamptz NOT NULL
);
COMMENT ON TABLE ops.origins IS 'Whose data this database holds, one origin a service, stamped by its first load.';
COMMENT ON COLUMN ops.origins.service IS 'Service, such as hotstar.';
COMMENT ON COLUMN ops.origins.origin IS 'Base address and partner, or the sandbox and its seed.';
COMMENT ON COLUMN ops.origins.stamped_at IS 'When the first load stamped it.';

CREATE TABLE ops.pace (
    service text PRIMARY KEY,
    interval_s double precision NOT NULL CHECK (interval_s >= 0),
    rest_s double precision NOT NULL CHECK (rest_s >= 0),
    slow_s double precision NOT NULL CHECK (slow_s > 0),
    timeout_s double precision NOT NULL CHECK (timeout_s > 0),
    next_slot_at timestamptz NOT NULL DEFAULT 'epoch',
    not_before timestamptz NOT NULL DEFAULT 'epoch',
    used_at timestamptz NOT NULL DEFAULT 'epoch',
    used_slot timestamptz,
    rests bigint NOT NULL DEFAULT 0,
    rest_began_at timestamptz NOT NULL DEFAULT 'epoch',
    rest_until timestamptz,
    rest_reason text,
    probe_at timestamptz,
    probe_until timestamptz
);
COMMENT ON TABLE ops.pace IS 'One row a service: the next free slot, and the rest it takes after a failure.';
COMMENT ON COLUMN ops.pace.service IS 'Service, such as hotstar.';
COMMENT ON COLUMN ops.pace.interval_s IS 'Seconds that the service asks for between two requests; slots stand 1.02 times as far apart.';
COMMENT ON COLUMN ops.pace.rest_s IS 'Seconds of rest after a 5XX, a timeout or a slow answer.';
COMMENT ON COLUMN ops.pace.slow_s IS 'Seconds from send to last byte beyond which an answer begins a rest.';
COMMENT ON COLUMN ops.pace.timeout_s IS 'Seconds from send to last byte beyond which a request is given up; the length of a probe''s lease.';
COMMENT ON COLUMN ops.pace.next_slot_at IS 'The earliest slot nobody has taken.';
COMMENT ON COLUMN ops.pace.not_before IS 'No slot before this: what the last 429 asked for.';
COMMENT ON COLUMN ops.pace.used_at IS 'When the newest request was let go.';
COMMENT ON COLUMN ops.pace.used_slot IS 'The slot that it had taken.';
COMMENT ON COLUMN ops.pace.rests IS 'Rests begun so far: tells one rest from the next.';
COMMENT ON COLUMN ops.pace.rest_began_at IS 'When the newest rest began; outcomes of requests sent before it do not count.';
COMMENT ON COLUMN ops.pace.rest_until IS 'End of the rest in force; null when the service is not resting. Past: the next slot is a probe.';
COMMENT ON COLUMN ops.pace.rest_reason IS 'Why the newest rest began.';
COMMENT ON COLUMN ops.pace.probe_at IS 'Slot of the one request that may go after a rest, while it is leased.';
COMMENT ON COLUMN ops.pace.probe_until IS 'End of that lease; passed without an outcome, it begins another rest.';

CREATE TABLE ops.budgets (
    service text NOT NULL REFERENCES ops.pace,
    period text NOT NULL CHECK (period IN ('day', 'month')),
    zone text NOT NULL,
    allowed integer NOT NULL CHECK (allowed >= 0),
    PRIMARY KEY (service, period, zone)
);
COMMENT ON TABLE ops.budgets IS 'Units that a service allows in a day or month.';
COMMENT ON COLUMN ops.budgets.service IS 'Service the budget is of.';
COMMENT ON COLUMN ops.budgets.period IS 'day or month.';
COMMENT ON COLUMN ops.budgets.zone IS 'Time zone in which the period begins, such as Asia/Kolkata.';
COMMENT ON COLUMN ops.budgets.allowed IS 'Units allowed in one period.';

CREATE TABLE ops.budget_uses (
    service text NOT NULL,
    period text NOT NULL,
    zone text NOT NULL,
    starts_on date NOT NULL,
    used integer NOT NULL,
    PRIMARY KEY (service, period, zone, starts_on),
    FOREIGN KEY (service, period, zone) REFERENCES ops.budgets
);
COMMENT ON TABLE ops.budget_uses IS 'Units used of each budget, one row a period.';
COMMENT ON COLUMN ops.budget_uses.service IS 'Service the budget is of.';
COMMENT ON COLUMN ops.budget_uses.period IS 'day or month.';
COMMENT ON COLUMN ops.budget_uses.zone IS 'Time zone of the budget.';
COMMENT ON COLUMN ops.budget_uses.starts_on IS 'First day of the period in that zone.';
COMMENT ON COLUMN ops.budget_uses.used IS 'Units counted by slots in this period.';

CREATE TABLE ops.api_calls (
    call_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service text NOT NULL,
    endpoint text NOT NULL,
    sent_at timestamptz NOT NULL,
    status integer,
    ms integer NOT NULL,
    bytes integer NOT NULL,
    attempt integer NOT NULL,
    failure text,
    request_id text NOT NULL,
    run_id text NOT NULL,
    asset text NOT NULL
);
CREATE INDEX api_calls_by_time ON ops.api_calls (service, sent_at);
CREATE INDEX api_calls_by_run ON ops.api_calls (run_id);
COMMENT ON TABLE ops.api_calls IS 'Every attempt to call a service. Holds no parameter and no credential.';
COMMENT ON COLUMN ops.api_calls.call_id IS 'Number of the attempt, in order of logging.';
COMMENT ON COLUMN ops.api_calls.service IS 'Service called.';
COMMENT ON COLUMN ops.api_calls.endpoint IS 'Path of the request, without parameters.';
COMMENT ON COLUMN ops.api_calls.sent_at IS 'When it was sent, by the database''s clock; when it was tried, if it never left.';
COMMENT ON COLUMN ops.api_calls.status IS 'HTTP status; null when no answer came.';
COMMENT ON COLUMN ops.api_calls.ms IS 'Milliseconds from send to last byte.';
COMMENT ON COLUMN ops.api_calls.bytes IS 'Bytes of the body as transferred.';
COMMENT ON COLUMN ops.api_calls.attempt IS 'Which attempt of its request this was, from 1.';
COMMENT ON COLUMN ops.api_calls.failure IS 'Why it brought no answer to keep, or why a rest began; null for a plain success.';
COMMENT ON COLUMN ops.api_calls.request_id IS 'Id shared by the attempts of one request and by its log lines.';
COMMENT ON COLUMN ops.api_calls.run_id IS 'Run that asked; empty outside a run.';
COMMENT ON COLUMN ops.api_calls.asset IS 'Asset that asked; empty outside an asset.';

CREATE TABLE ops.incidents (
    incident_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL,
    summary text NOT NULL,
    opened_at timestamptz NOT NULL,
    alerted_at timestamptz,
    closed_at timestamptz,
    recovery_alerted_at timestamptz
);
CREATE UNIQUE INDEX incidents_open ON ops.incidents (key) WHERE closed_at IS NULL;
COMMENT ON TABLE ops.incidents IS 'What was wrong from when to when: alerted once when it opens and once when it closes.';
COMMENT ON COLUMN ops.incidents.incident_id IS 'Number of the incident.';
COMMENT ON COLUMN ops.incidents.key IS 'What is wrong, such as hotstar/movies/stale; one open incident a key.';
COMMENT ON COLUMN ops.incidents.summary IS 'One sentence for a person.';
COMMENT ON COLUMN ops.incidents.opened_at IS 'When it was first seen.';
COMMENT ON COLUMN ops.incidents.alerted_at IS 'When its alert went out; null until then.';
COMMENT ON COLUMN ops.incidents.closed_at IS 'When it was seen to be over; null while it is open.';
COMMENT ON COLUMN ops.incidents.recovery_alerted_at IS 'When its recovery was told; null until then.';

CREATE FUNCTION ops.period_start(p_period text, p_zone text, p_at timestamptz) RETURNS date
LANGUAGE sql STABLE
AS 'SELECT date_trunc(p_period, p_at AT TIME ZONE p_zone)::date';
COMMENT ON FUNCTION ops.period_start(text, text, timestamptz) IS 'First day of the budget period that a time falls into.';

CREATE FUNCTION ops.take_slot(p_service text, p_cost integer)
RETURNS TABLE (verdict text, at timestamptz, now timestamptz, probe boolean, rests bigint)
LANGUAGE plpgsql
AS $body$
#variable_conflict use_column
DECLARE
    pace ops.pace;
    clock timestamptz;
    earliest timestamptz;
    slot timestamptz;
    is_probe boolean := false;
    spent_until timestamptz;
    longest_wait CONSTANT interval := interval '60 seconds';
BEGIN
    SELECT * INTO STRICT pace FROM ops.pace AS p WHERE p.service = p_service FOR UPDATE;
    -- Read after the lock: a wait for it would make the answer look back.
    clock := ops.now();

    -- A clock that was set back leaves times that nobody would live to see.
    IF pace.rest_began_at > clock THEN
        pace.rest_until := clock + (pace.rest_until - pace.rest_began_at);
        pace.rest_began_at := clock;
    END IF;
    IF pace.probe_until > clock + longest_wait + make_interval(secs => pace.timeout_s) THEN
        pace.probe_at := NULL;
        pace.probe_until := NULL;
    END IF;
    IF pace.not_before > clock + longest_wait THEN
        pace.not_before := clock;
    END IF;
    earliest := greatest(clock, pace.not_before);
    IF pace.next_slot_at > earliest + longest_wait THEN
        pace.next_slot_at := earliest;
    END IF;
    slot := greatest(earliest, pace.next_slot_at);

    IF pace.probe_until <= clock THEN
        pace.rests := pace.rests + 1;
        pace.rest_began_at := pace.probe_until;
        pace.rest_until := pace.probe_until + make_interval(secs => pace.rest_s);
        pace.rest_reason := 'the request after the rest brought no outcome in time';
        pace.probe_at := NULL;
        pace.probe_until := NULL;
    END IF;

    SELECT max((ops.period_start(b.period, b.zone, slot) + ('1 ' || b.period)::interval) AT TIME ZONE b.zone)
    INTO spent_until
    FROM ops.budgets AS b
    LEFT JOIN ops.budget_uses AS u
        ON u.service = b.service AND u.period = b.period AND u.zone = b.zone
        AND u.starts_on = ops.period_start(b.period, b.zone, slot)
    WHERE b.service = p_service AND coalesce(u.used, 0) + p_cost > b.allowed;

    IF spent_until IS NOT NULL THEN
        verdict := 'spent';
        at := spent_until;
    ELSIF pace.probe_until IS NOT NULL THEN
        -- Looked at again soon: the probe may succeed long before its lease ends.
        verdict := 'resting';
        at := least(pace.probe_until, clock + make_interval(secs => greatest(pace.interval_s, 0.1)));
    ELSIF pace.rest_until > clock THEN
        verdict := 'resting';
        at := pace.rest_until;
    ELSE
        verdict := 'go';
        at := slot;
        pace.next_slot_at := slot + make_interval(secs => pace.interval_s * 1.02);
        IF pace.rest_until IS NOT NULL THEN
            is_probe := true;
            pace.probe_at := slot;
            pace.probe_until := slot + make_interval(secs => pace.timeout_s);
        END IF;
        INSERT INTO ops.budget_uses AS u (service, period, zone, starts_on, used)
        SELECT b.service, b.period, b.zone, ops.period_start(b.period, b.zone, slot), p_cost
        FROM ops.budgets AS b
        WHERE b.service = p_service
        ON CONFLICT (service, period, zone, starts_on) DO UPDATE SET used = u.used + excluded.used;
    END IF;

    UPDATE ops.pace AS p
    SET next_slot_at = pace.next_slot_at, not_before = pace.not_before, rests = pace.rests,
        rest_began_at = pace.rest_began_at, rest_until = pace.rest_until, rest_reason = pace.rest_reason,
        probe_at = pace.probe_at, probe_until = pace.probe_until
    WHERE p.service = p_service;

    now := clock;
    probe := is_probe;
    rests := pace.rests;
    RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION ops.take_slot(text, integer) IS
'Answers at once: go at a time, resting until a time, or budget spent until a time. Only go takes a slot and counts units.';

CREATE FUNCTION ops.use_slot(p_service text, p_at timestamptz)
RETURNS TABLE (verdict text, at timestamptz, now timestamptz)
LANGUAGE plpgsql
AS $body$
#variable_conflict use_column
DECLARE
    pace ops.pace;
    clock timestamptz;
    earliest timestamptz;
    longest_wait CONSTANT interval := interval '60 seconds';
BEGIN
    SELECT * INTO STRICT pace FROM ops.pace AS p WHERE p.service = p_service FOR UPDATE;
    clock := ops.now();
    earliest := clock;
    IF pace.not_before <= clock + longest_wait THEN
        earliest := greatest(earliest, pace.not_before);
    END IF;
    -- The one before may have left late; a clock that was set back leaves its time in the future.
    IF pace.used_slot IS DISTINCT FROM p_at AND pace.used_at <= clock THEN
        earliest := greatest(earliest, pace.used_at + make_interval(secs => pace.interval_s * 1.015));
    END IF;

    IF pace.rest_until IS NOT NULL AND pace.probe_at IS DISTINCT FROM p_at THEN
        verdict := 'overtaken';
        at := pace.rest_until;
    ELSIF earliest > clock THEN
        verdict := 'wait';
        at := earliest;
    ELSE
        verdict := 'go';
        at := clock;
        UPDATE ops.pace AS p SET used_at = clock, used_slot = p_at WHERE p.service = p_service;
    END IF;
    now := clock;
    RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION ops.use_slot(text, timestamptz) IS
'Asked at a slot''s moment: go now, wait because the request before left late or a 429 came, or overtaken by a rest.';

CREATE FUNCTION ops.report_outcome(
    p_service text, p_at timestamptz, p_outcome text, p_reason text, p_retry_after_s double precision, p_cost integer
) RETURNS timestamptz
LANGUAGE plpgsql
AS $body$
DECLARE
    pace ops.pace;
    clock timestamptz;
    is_probe boolean;
    counts boolean;
    rest_length interval;
BEGIN
    SELECT * INTO STRICT pace FROM ops.pace AS p WHERE p.service = p_service FOR UPDATE;
    clock := ops.now();
    is_probe := pace.probe_at IS NOT DISTINCT FROM p_at;
    -- What was sent before the newest rest began, or during it without being its probe, says nothing new.
    counts := is_probe OR (pace.rest_until IS NULL AND p_at > pace.rest_began_at);

    CASE p_outcome
        WHEN 'ok' THEN
            IF is_probe THEN
                pace.rest_until := NULL;
            END IF;
        WHEN 'outage' THEN
            rest_length := make_interval(secs => pace.rest_s);
        WHEN 'busy' THEN
            IF p_retry_after_s > 60 THEN
                rest_length := make_interval(secs => p_retry_after_s);
            ELSE
                pace.not_before := greatest(pace.not_before, clock + make_interval(secs => p_retry_after_s));
            END IF;
        WHEN 'unsent' THEN
            UPDATE ops.budget_uses AS u
            SET used = greatest(0, u.used - p_cost)
            WHERE u.service = p_service AND u.starts_on = ops.period_start(u.period, u.zone, p_at);
    END CASE;

    IF rest_length IS NOT NULL AND counts THEN
        pace.rests := pace.rests + 1;
        pace.rest_began_at := clock;
        pace.rest_until := clock + rest_length;
        pace.rest_reason := p_reason;
    END IF;
    IF is_probe THEN
        pace.probe_at := NULL;
        pace.probe_until := NULL;
    END IF;

    UPDATE ops.pace AS p
    SET not_before = pace.not_before, rests = pace.rests, rest_began_at = pace.rest_began_at,
        rest_until = pace.rest_until, rest_reason = pace.rest_reason,
        probe_at = pace.probe_at, probe_until = pace.probe_until
    WHERE p.service = p_service;
    RETURN pace.rest_until;
END
$body$;
COMMENT ON FUNCTION ops.report_outcome(text, timestamptz, text, text, double precision, integer) IS
'Tells how the request of a slot ended: ok, outage (5XX, timeout, slow), busy (429) or unsent. Returns the end of the rest in force, or null.';

DO $body$
BEGIN
    IF EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = current_user AND (r.rolsuper OR r.rolcreaterole)) THEN
        BEGIN
            CREATE ROLE catalog_ops NOLOGIN;
        EXCEPTION
            -- Roles belong to the server: another database's migration may have made it, even at this moment.
            WHEN duplicate_object OR unique_violation THEN NULL;
        END;
    END IF;
    IF EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = 'catalog_ops') THEN
        GRANT USAGE ON SCHEMA ops TO catalog_ops;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ops TO catalog_ops;
        GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ops TO catalog_ops;
    END IF;
END
$body$;
