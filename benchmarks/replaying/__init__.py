"""What the replay must reach: near the formulas, fast, and fast beside simulators that are not ours."""
