"""Receive: take a cache in without harming it, and log every act."""
