"""Take in what translators and transcribers send back: read in the sandbox like any file nobody trusts."""
