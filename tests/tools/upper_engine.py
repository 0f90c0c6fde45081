"""A translator for tests, as an outside program would be: it writes every text in capitals, and tries to phone home."""

import json
import socket
import sys

try:
    socket.create_connection(("127.0.0.1", 9), timeout=1)
    REACHED = " ONLINE"
except OSError:
    REACHED = ""
for line in sys.stdin:
    asked = json.loads(line)
    sys.stdout.write(json.dumps({"id": asked["id"], "text": asked["text"].upper() + REACHED}) + "\n")
sys.stdout.write("chatter that is no answer\n")
