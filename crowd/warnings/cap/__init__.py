"""Public alerts in the Common Alerting Protocol 1.2 (OASIS, 2010; also ITU-T X.1303 bis)."""
