"""Lets `python -m proofroom.cli` run the command line."""

from proofroom.cli import main

main()
