"""The bot's own small web server (aiohttp, which discord.py brings along)."""
