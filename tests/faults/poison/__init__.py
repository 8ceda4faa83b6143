"""An app that makes some markets deadly, and others wait, for workers of fault tests."""
