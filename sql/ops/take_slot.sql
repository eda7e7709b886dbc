-- Asks for the next slot of a service and answers at once. Takes a slot and counts units only with the verdict go.
SELECT verdict, at, now, probe, rests FROM ops.take_slot(%(service)s, %(cost)s)
