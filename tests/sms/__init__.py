"""Tests of the SMS routes."""
