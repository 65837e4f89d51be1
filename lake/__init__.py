"""Where data lives: the lake of Parquet, the ledger, files taken in and rows set aside."""
