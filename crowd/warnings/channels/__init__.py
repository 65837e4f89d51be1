"""Ways out: one class per kind of gateway, behind one protocol."""
