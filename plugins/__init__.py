"""The built-in plugins: one network, or one family of data sets or optimizers, a file."""
