"""``python -m bot doctor``: looks at everything that can be wrong with an installation, changes nothing, and says what
to do. One file per group of checks; ``main`` puts them in order. The gateway isn't needed, and the bot may be running.
"""
