"""The links from an event to a person: one file, one question each. Pure: no boto3, no clock."""
