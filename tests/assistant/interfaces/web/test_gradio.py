"""Gradio stays in the chat page: no other page brings it in."""

from __future__ import annotations

from tests.project import imports, python_files, third_party

CHAT = "assistant.interfaces.web.chat"


def test_one_file_knows_gradio() -> None:
    ours = python_files("assistant", "app")
    users = {str(path) for path in ours for each in third_party(path) if each.top == "gradio"}
    assert users == {"assistant/interfaces/web/chat.py"}


def test_only_the_server_mounts_the_chat_page() -> None:
    ours = python_files("assistant", "app")
    users = {str(path) for path in ours for each in imports(path) if each.module == CHAT}
    assert users == {"assistant/interfaces/server.py"}
