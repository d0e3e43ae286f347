import { one, SHORT, type SuiteCase } from '../case.ts'

/** Programs that reach for servers; the servers are the suite's own, and count who comes. */
export const cases: readonly SuiteCase[] = [
  one('ne01', 'connects to the loopback', {
    limits: SHORT,
    python:
      'import socket; s = socket.create_connection(("127.0.0.1", {{PORT}}), 1); s.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n"); print(s.recv(1000))',
  }),
  one('ne02', 'asks a server for a page', {
    limits: SHORT,
    python: 'import urllib.request; print(urllib.request.urlopen("http://localhost:{{PORT}}/", timeout=1).read())',
  }),
  one('ne03', 'connects from a shell', {
    limits: SHORT,
    bash: 'exec 5<>/dev/tcp/127.0.0.1/{{PORT}} && printf "GET / HTTP/1.0\\r\\n\\r\\n" >&5 && head -c 500 <&5',
  }),
  one('ne04', 'fetches in JavaScript', {
    limits: SHORT,
    javascript: 'const page = await fetch("http://127.0.0.1:{{PORT}}/"); console.log(await page.text())',
  }),
  one('ne05', 'connects to a socket in a folder', {
    limits: SHORT,
    python:
      'import socket; s = socket.socket(socket.AF_UNIX); s.settimeout(1); s.connect("{{SOCKET}}"); s.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n"); print(s.recv(1000))',
  }),
  one('ne06', 'connects to a socket without a folder', {
    limits: SHORT,
    python:
      'import socket; s = socket.socket(socket.AF_UNIX); s.settimeout(1); s.connect("\\0{{ABSTRACT}}"); s.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n"); print(s.recv(1000))',
  }),
  one('ne07', 'sends a datagram', {
    python:
      'import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.sendto(b"hello", ("127.0.0.1", {{PORT}}))',
  }),
  one('ne08', 'opens the socket of Docker', {
    limits: SHORT,
    python:
      'import socket; s = socket.socket(socket.AF_UNIX); s.settimeout(1); s.connect("/var/run/docker.sock"); print("ESC" + "APED")',
  }),
  one('ne09', 'sees the network of the machine', {
    python: 'import socket; print("ESC" + "APED" if [n for _, n in socket.if_nameindex() if n != "lo"] else "")',
  }),
  one('ne10', 'speaks to the hypervisor', {
    python: 'import socket; socket.socket(40, socket.SOCK_STREAM); print("ESC" + "APED")',
  }),
]
