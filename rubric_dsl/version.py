"""The version of the engine, which every result carries."""

VERSION = "0.1.0"
