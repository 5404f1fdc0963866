"""The policy laboratory: what a business's own outcomes say about its policy. An optional extra of the installation.

Nothing that decides on a case imports it, and what it makes is policy: points in a file, read at run time without it.
"""
