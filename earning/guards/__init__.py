"""Whether what earning notes beside the log says what the log says."""

from earning.guards import attempts, limits, references

__all__ = ["attempts", "limits", "references"]
