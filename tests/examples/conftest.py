"""Packages of their own, with their own tests: ``tests/test_example_package.py`` installs and runs them."""

collect_ignore_glob = ["*"]
