"""Where the time goes, as ratios measured in one run."""
