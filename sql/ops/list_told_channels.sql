-- Lists the channels that know of an incident's beginning or end.
SELECT channel FROM ops.alerts WHERE incident_id = %(incident_id)s AND event = %(event)s
