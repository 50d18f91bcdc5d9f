"""Answers that come too late, and connections that end without one."""

import socket
import struct
from http.server import BaseHTTPRequestHandler

TOO_LATE = 1.2
"""Seconds: more than a test about it waits for an answer."""


def reset(handler: BaseHTTPRequestHandler) -> None:
    # zero seconds to linger: the other side gets RST instead of an end
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.close_connection = True
    handler.connection.close()
