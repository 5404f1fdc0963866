"""What a policy makes of a case, on figures alone: verdicts, points, grade, limit, caps and route, without a word.

Assessing one case adds the words to it; comparing policies runs it over very many cases. There is no other place where
a figure decides anything.
"""
