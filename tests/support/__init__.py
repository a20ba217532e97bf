"""What several test suites need: free ports, polling, and a real stack to test against."""
