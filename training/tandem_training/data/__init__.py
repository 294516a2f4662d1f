"""Reads preference and demonstration files and checks them. It knows nothing of torch and TRL."""
