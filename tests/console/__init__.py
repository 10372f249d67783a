"""Tests of health, figures and logs."""
