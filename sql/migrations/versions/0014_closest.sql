-- How close two requests of a service may leave where the one before left late, service by service. A service that counts to the
-- interval bears no less than that; one that counts over a while lets a late request be made up for. Slots stand as far apart as ever.

ALTER TABLE ops.pace ADD COLUMN closest double precision NOT NULL DEFAULT 1.015 CHECK (closest > 0);
COMMENT ON COLUMN ops.pace.closest IS 'Intervals that stand at least between two requests that leave, however late the first did.';

CREATE OR REPLACE FUNCTION ops.use_slot(p_service text, p_at timestamptz)
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
        earliest := greatest(earliest, pace.used_at + make_interval(secs => pace.interval_s * pace.closest));
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
