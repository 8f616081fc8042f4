"""`make bench`: measures time, size and the number of API calls. It is not part of the tests."""
