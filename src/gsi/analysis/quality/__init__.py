"""What a report tells of the quality of its data."""
