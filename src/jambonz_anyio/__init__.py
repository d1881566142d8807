"""Voice applications for jambonz on asyncio, uvloop and trio."""
