"""Figures of curves: functions of one number, or of a vector, over a range."""
