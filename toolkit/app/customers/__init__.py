"""Everything that the desk knows of one customer, gathered from all registers, books and the outbox."""
