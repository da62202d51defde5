"""A question taken apart, each part searched on several paths, drafted, judged, put together.

Door: ``run`` (answer_deep).
"""
