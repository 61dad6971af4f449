"""The parts of the Logs page: the view of the lines, and what finds, filters and explains them."""
