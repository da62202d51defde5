"""The chat inside other sites' pages: a page for a frame, and the script that places it."""
