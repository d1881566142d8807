"""The sans-IO protocol core of jambonz-anyio."""
