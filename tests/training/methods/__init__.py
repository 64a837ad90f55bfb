"""The methods, one test file a method."""
