"""connections.py: connects to itself and sends; prints what getsockname says, ends when stdin does"""
import os
import socket
import sys

server = socket.create_server(("127.0.0.1", 0))
server6 = socket.create_server(("::1", 0), family=socket.AF_INET6)
kept = []
for i in range(4):
    to = server6 if i == 3 else server
    client = socket.create_connection(to.getsockname()[:2])
    peer, _ = to.accept()
    client.sendall(b"x" * (i + 1))
    peer.recv(100)
    peer.sendall(b"y" * 10)
    client.recv(100)
    kept += [client, peer]
    for end in (client, peer):
        form = "[%s]:%d" if i == 3 else "%s:%d"
        print(form % end.getsockname()[:2], form % end.getpeername()[:2])

print("ready", os.getpid(), flush=True)
sys.stdin.read()
