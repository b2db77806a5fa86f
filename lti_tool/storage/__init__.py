"""Tables and the queries on them. Everything of SQLAlchemy lives here."""
