"""Where LCs are on Discord: their channels in the organisation's servers, and servers of their own."""
