"""The words of the wire: its messages, commands, errors, limits and encoding. They depend on no machine."""
