"""What the tests of reasoning share: graphs worked by hand, and the real one built once."""
