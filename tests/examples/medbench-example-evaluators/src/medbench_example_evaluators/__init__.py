"""An example of what a third party gives besides models."""
