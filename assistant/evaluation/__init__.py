"""How good search and answers are on a team's own questions, beside LlamaIndex's stock parts.

Doors: ``questions`` (a question file), ``run`` (evaluate), ``metrics`` (the figures).
"""
