"""LTI 1.3 Advantage, storage-blind. Everything of PyLTI1p3 lives here."""
