-- Asks at a slot's moment whether the request may go, and notes that it goes. Takes no slot and counts no units.
SELECT verdict, at, now FROM ops.use_slot(%(service)s, %(at)s)
