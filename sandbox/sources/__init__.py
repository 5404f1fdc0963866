"""The stand-ins: one module a source, each building its answers from the stories in the shape of the recorded ones."""
