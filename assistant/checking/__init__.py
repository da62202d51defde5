"""Each sentence of an answer held against the excerpts that it was written from. Pure decisions."""
