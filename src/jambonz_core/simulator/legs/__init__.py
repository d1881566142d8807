"""The legs of a simulated call: the parties on the phone, and the SIP dialogs with them."""
