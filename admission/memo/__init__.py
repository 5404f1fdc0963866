"""What people read of a case: the credit memo in both languages, labels of codes, JSON documents."""
