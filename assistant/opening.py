"""Where ``open_retriever`` was first documented, for programs written then: import it from
``assistant``."""

from assistant.library import open_retriever

__all__ = ["open_retriever"]
