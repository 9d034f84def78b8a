"""Facts become tables and documents."""
