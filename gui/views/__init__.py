"""What draws the views that visualizations compute: one widget a view type."""
