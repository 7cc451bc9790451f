"""Numbers of as many digits as it takes, each with a bound of its error."""
