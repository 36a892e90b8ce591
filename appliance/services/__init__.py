"""The loops. Each service's turn is `step()`: read → decide → append → act. Save first, then speak."""
