"""Values where float64 is not enough: exponents of any size, and twice the digits."""
