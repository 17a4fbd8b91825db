"""Alerts: what turned, passed a rate or is disputed in a store, told once to everybody who asked, however often it must be tried.

`rules` reads the TOML, `finding` finds, `delivering` carries, `rounds` does one after the other and keeps the log in the store.
"""
