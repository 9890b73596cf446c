"""One file a job: plan(snapshot, settings, now) -> Plan. Pure: no clock, no file, no network."""
