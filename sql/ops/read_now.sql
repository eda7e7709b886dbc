-- Reads the clock. Changes nothing.
SELECT ops.now()
