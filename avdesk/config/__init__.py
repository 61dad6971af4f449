"""The options, the configuration file and the folders."""
