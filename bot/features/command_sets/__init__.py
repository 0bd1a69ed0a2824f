"""Which set of commands Discord was last told of."""
