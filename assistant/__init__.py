"""Answers about talks: a question in, a cited answer out, and the faces that people ask through.

Doors: ``engine`` (Assistant), ``library`` (opens one), ``types`` (what an answer is made of).
"""
