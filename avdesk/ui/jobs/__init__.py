"""The parts of the Jobs page: what it says is in pure modules, what it shows in widgets."""
