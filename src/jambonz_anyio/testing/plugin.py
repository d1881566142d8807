"""The pytest plugin of jambonz-anyio."""
