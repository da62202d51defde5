"""Deep answers: questions that one passage can't answer, worked on in several steps."""
