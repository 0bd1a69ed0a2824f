"""What officers see of the deliveries: what did not arrive and why, trying again, and what an outage meant."""
