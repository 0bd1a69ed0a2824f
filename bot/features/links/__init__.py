"""An organisation's useful links, each with a keeper and a day on which it is to be looked at again."""
