# SPDX-License-Identifier: BSD-2-Clause
"""A daemon that says on its control socket whatever a test has it say."""
import contextlib
import os
import socket
import tempfile
import threading


class FakeDaemon:
    """A context manager. story(requests, sock) is what each client meets: requests are lines, and after the story the connection is closed."""

    def __init__(self, story):
        self.story, self.problem = story, None

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.folder.name, 'control.sock')
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(self.path)
        self.listener.listen()
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()
        return self

    def _serve(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:  # shut down
                return
            with sock, sock.makefile('rb') as requests, contextlib.suppress(ConnectionError):
                try:
                    self.story(requests, sock)
                except AssertionError as problem:
                    self.problem = problem

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()
        self.folder.cleanup()
        if self.problem:
            raise self.problem
