"""Alerts: what turned, passed a rate or is disputed in a store, told to everybody who asked: once, unless nobody here can know that it arrived.

`rules` reads the TOML, `finding` finds, `delivering` carries, `rounds` does one after the other and keeps the log in the store.
"""
