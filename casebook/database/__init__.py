"""What a transaction needs: tables, the store, the chained and signed history, raw bytes."""
