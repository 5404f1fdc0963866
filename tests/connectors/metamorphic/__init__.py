"""The law of evidence, tried on every connector.

What is lost, cut, renamed, unreadable or out of reach may turn an answer towards unknown or worse, never towards clean
or better (docs/architecture.md). Answers are changed so that they tell less, or less clearly, and read again; facts,
metrics and verdicts may then be unknown or worse, never better.

`samples` has the answers: each shipped example and the recorded ones. `changes` makes the changes. `readings` reads an
answer as far as the verdicts of the default policy. `laws` compares two readings. `blind_spots` lists what no reader
can notice, with the reasons.
"""
