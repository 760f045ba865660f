"""descriptors.py FOLDER: opens, doubles and closes descriptors; ends without closing when stdin does"""
import fcntl
import os
import select
import socket
import subprocess
import sys

folder = sys.argv[1]
os.closerange(3, 1000)
files = [os.open(f"{folder}/kept-{i}", os.O_RDWR | os.O_CREAT) for i in range(4)]
for _ in range(5):
    os.close(os.open(f"{folder}/kept-0", os.O_RDONLY))
os.dup2(files[0], 40)
os.dup2(files[1], 41)
os.dup2(files[2], 41)
os.dup(files[1])
fcntl.fcntl(files[2], fcntl.F_DUPFD_CLOEXEC, 50)
os.set_inheritable(files[2], True)
os.closerange(files[3], files[3] + 1)

server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
accepted, _ = server.accept()
client.sendall(b"x")
accepted.recv(1)
socket.socket().close()
one, other = socket.socketpair()
other.close()
reading, writing = os.pipe()
os.close(writing)
memory = os.memfd_create("memory")
events = select.epoll()
subprocess.run(["true"], pass_fds=[files[2]], check=True)

print("ready", os.getpid(), flush=True)
sys.stdin.read()
os._exit(0)
