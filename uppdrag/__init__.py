"""The application: what people meet."""

VERSION = "0.1.0"
