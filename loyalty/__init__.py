"""The project, and the kernel that every context stands on."""
