"""The workbench: pages and a REST API over a store, from one set of answers, and the judgements of those who read them.

    answers.py    one function a question; page, JSON and command line show what it returns
    judging.py    judgements, held to their records and kept; `detente.review` says what stands after them
    pages.py      answers as HTML (templates/), api.py as JSON, JSONL and CSV
    guard.py      what every request must pass; stores.py a few opened stores that requests take turns with
"""
