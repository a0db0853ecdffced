"""The "Try it" panels: where a person asks the network something."""
