"""What somebody is in the organisation and for how long: kinds with their own years, fees, staff, the question each
April."""
