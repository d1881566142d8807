"""A telephone in the browser: what `jambonz phone` serves, and the page itself.

`phone_command` runs it. A page is let in by `access`, gets its files from `page_files`, and is connected by
`page_application` to the one `switchboard` of the program, which places calls and tells every page what
happens on them. What goes over the page's websocket is in `page_messages`. The page is in `page/`: plain
modules and elements that a browser runs as they are.
"""
