"""Runs migrations on the connection that `schema.upgrade` brings."""

from alembic import context

from lti_tool.storage.schema import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    user_module_prefix="db.",
)
with context.begin_transaction():
    context.run_migrations()
