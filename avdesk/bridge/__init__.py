"""The only threads, and the Qt objects that are no widgets: poller, single instance, notifications, wake-ups."""
