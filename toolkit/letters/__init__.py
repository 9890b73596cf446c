"""Letters: a template and values become a subject, plain text and HTML, an SMS or a chat line. Pure but for reading templates."""
