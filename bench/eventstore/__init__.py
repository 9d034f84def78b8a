"""What the event store costs: beside plain inserts, beside the package `eventsourcing`, and as its history grows."""
