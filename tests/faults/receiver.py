"""tests/faults/receiver.py: what takes alerts, and misbehaves to order: webhooks
over plain and encrypted connections (a program's alerts too: see forward.c), and
mail."""
import base64
import collections
import email
import hashlib
import hmac
import os
import socket
import ssl
import struct
import sys
import threading
import time
from dataclasses import dataclass, field, replace

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))), 'e2e'))

# pylint: disable=wrong-import-position
import mailserver
from checker import ACCEPTED, REFUSED, UNKNOWN, Attempt
from harness import SECRET_BYTES

BODY = b'{"ok": "or not"}'
# Ways to answer whose head is whole, so that the status counts, whatever becomes
# of the body; and others.
ODD = ('slow', 'half-body', 'until-close', 'interim', 'interims', 'chunked',
       'chunked-cut', 'long-body', 'too-long', 'old', 'trailer', 'extra',
       'reset-in-body', 'bad-chunk', 'zipped-not', 'two-lengths')
BROKEN = ('reset', 'close', 'half-head', 'half-line', 'reset-in-head',
          'garbage', 'no-head', 'bad-status', 'bad-length', 'huge-head',
          'switch', 'reset-unread')
SIMPLE = ('whole', 'slow', 'silent', 'reset', 'close', 'half-line')  # forward.c
HANDSHAKES = ('plain', 'close', 'reset', 'half', 'garbage', 'alert', 'stranger',
              'wrong-name', 'too-old')


@dataclass
class Answer:
    """What the receiver does with a request."""
    status: int = 200
    headers: list = field(default_factory=list)
    how: str = 'whole'

    def verdict(self):
        if self.how == 'whole' or self.how in ODD:
            return ACCEPTED if 200 <= self.status <= 299 else REFUSED
        return UNKNOWN


OK = Answer(200)
SILENT = Answer(how='silent')


def whole(answer, length=True, version='1.1', more=()):
    """(head, body)"""
    bodiless = answer.status < 200 or answer.status in (204, 304)
    lines = [f'HTTP/{version} {answer.status} Said']
    lines += [f'{name}: {value}' for name, value in [*answer.headers, *more]]
    if length and not bodiless:
        lines.append(f'Content-Length: {len(BODY)}')
    return ('\r\n'.join(lines) + '\r\n\r\n').encode(), b'' if bodiless else BODY


def chunked(answer, body):
    head, _ = whole(answer, False, more=[('Transfer-Encoding', 'chunked')])
    return head + (body if answer.status not in (204, 304) else b'')


def early_hints(times):
    return b'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n' * times


def odd_data(answer):
    head, body = whole(answer)
    open_end, _ = whole(answer, False)
    return {
        'half-body': lambda: head + body[:-5],
        'until-close': lambda: open_end + body,
        'interim': lambda: early_hints(1) + head + body,
        'interims': lambda: early_hints(9) + head + body,
        'chunked': lambda: chunked(answer, b'5\r\nworld\r\n0\r\n\r\n'),
        'chunked-cut': lambda: chunked(answer, b'ffff\r\nwor'),
        'trailer': lambda: chunked(answer, b'1\r\n!\r\n0\r\nX-Sum: 1\r\n\r\n'),
        'long-body': lambda: open_end + bytes(200000),
        'too-long': lambda: whole(answer, False, more=[
            ('Content-Length', '9' * 15)])[0] + body,
        'old': lambda: whole(answer, True, '1.0')[0] + body,
        'extra': lambda: head + body + b'HTTP/1.1 200 Unasked\r\n\r\n',
    }


def broken_data(answer):
    head, body = whole(answer)

    def with_header(name, value):
        return whole(answer, False, more=[(name, value)])[0] + body
    return {
        'half-line': lambda: head[:7],
        'half-head': lambda: head[:-9],
        'reset-in-head': lambda: head[:-9],
        'reset-in-body': lambda: head + body[:5],
        'garbage': lambda: b'\x00\xff\x15\x03\x01 200 OK\r\n\r\n',
        'no-head': lambda: b'200 OK\n',
        'bad-status': lambda: b'HTTP/1.1 20x Said\r\nContent-Length: 0\r\n\r\n',
        'bad-length': lambda: with_header('Content-Length', '-1'),
        'two-lengths': lambda: head[:-2] + b'Content-Length: 3\r\n\r\n' + body,
        'bad-chunk': lambda: chunked(answer, b'soon\r\nworld\r\n'),
        'huge-head': lambda: with_header('X-Long', 'x' * 600000),
        'zipped-not': lambda: with_header('Content-Encoding', 'gzip'),
        'switch': lambda: b'HTTP/1.1 101 Switching Protocols\r\n'
                          b'Upgrade: tea\r\n\r\n',
    }


def send_answer(sock, answer):
    """False: the connection has ended."""
    head, body = whole(answer)
    data = {**odd_data(answer), **broken_data(answer)}.get(
        answer.how, lambda: head + body)()
    if answer.how == 'slow':
        for n in range(len(data)):
            sock.sendall(data[n:n + 1])
            time.sleep(0.002)
    elif answer.how not in ('reset', 'close'):
        sock.sendall(data)
    if answer.how.startswith('reset'):
        reset(sock)
    return (answer.status >= 200 and
            answer.how in ('whole', 'slow', 'interim', 'interims', 'chunked',
                           'trailer'))


def reset(sock):
    """Closes with RST."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                    struct.pack('ii', 1, 0))


class Certificates:
    """Of the receiver: its own (`trusted`), a stranger's, one for another name."""

    def __init__(self, folder):
        self.folder = os.path.join(folder, 'certificates')
        self.trusted = os.path.join(self.folder, 'trusted')
        self.context = {}
        for name in ('own', 'stranger', 'other'):
            path = os.path.join(self.folder, name)
            os.makedirs(path)
            self.context[name] = mailserver.certificate(
                path, 'elsewhere.test' if name == 'other' else 'localhost')
        with open(self.trusted, 'wb') as f:
            for name in ('own', 'other'):
                with open(os.path.join(self.folder, name, 'cert'), 'rb') as c:
                    f.write(c.read())


def too_old(certificates):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    path = os.path.join(certificates.folder, 'own')
    context.load_cert_chain(os.path.join(path, 'cert'), os.path.join(path, 'key'))
    context.set_ciphers('ALL:@SECLEVEL=0')
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1
    return context


def shake_hands(sock, how, certificates):
    """The encrypted socket; None: it was not to be."""
    raw = {'plain': b'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
           'half': b'\x16\x03\x03\x00\x7a\x02\x00', 'garbage': b'\xff' * 99,
           'alert': b'\x15\x03\x03\x00\x02\x02\x28', 'close': b'', 'reset': b''}
    if how in raw:
        sock.recv(1 << 16)
        sock.sendall(raw[how])
        if how == 'reset':
            reset(sock)
        return None
    context = {'stranger': certificates.context['stranger'],
               'wrong-name': certificates.context['other']}.get(
                   how, certificates.context['own'])
    if how == 'too-old':
        context = too_old(certificates)
    return context.wrap_socket(sock, server_side=True)


class Receiver:
    """Takes webhooks over plain sockets, at a path for each destination.
    `plan[destination](id)` chooses the answer."""

    def __init__(self, certificates=None):
        self.plan = {}
        self.certificates = certificates         # None: not encrypted
        self.handshake = lambda: 'good'
        self.attempts = []
        self.strays = []         # what no webhook asks for
        self.answered = collections.Counter()    # for the report
        self.life = -1
        self.lock = threading.Lock()
        self.open = set()        # threads of connections
        self.release = threading.Event()     # of those that keep silent
        # Keeps the port ours while nobody listens.
        self.reserve = socket.socket()
        self.reserve.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self.reserve.bind(('127.0.0.1', 0))
        self.port = self.reserve.getsockname()[1]
        self.accept_connections()

    def url(self, destination):
        scheme, host = (('http', '127.0.0.1') if self.certificates is None
                        else ('https', 'localhost'))
        return f'{scheme}://{host}:{self.port}/{destination}'

    def listen(self, listener):
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            thread = threading.Thread(
                target=self.converse, args=(sock, self.life), daemon=True)
            with self.lock:
                self.open.add(thread)
            thread.start()

    def converse(self, sock, life):
        try:
            with sock:
                if self.certificates is not None:
                    sock = self.encrypt(sock)
                if sock is not None:
                    with sock, sock.makefile('rb') as stream:
                        while self.take(sock, stream, life):
                            pass
        except (OSError, ValueError):
            pass                 # the daemon was killed in mid-sentence
        with self.lock:
            self.open.discard(threading.current_thread())

    def encrypt(self, sock):
        if sock.recv(4, socket.MSG_PEEK) == b'QUIT':
            return sock
        how = self.handshake()
        self.answered[f'handshake {how}'] += 1
        return shake_hands(sock, how, self.certificates)

    def take(self, sock, stream, life):
        line = stream.readline()
        if line in (b'', b'QUIT\r\n'):
            return False
        verb, path, _ = line.decode('latin-1').split(' ', 2)
        to = path[1:]
        if verb != 'POST' or '/' in to:
            self.strays.append(line)
            return False
        head = {}
        while (line := stream.readline()) not in (b'\r\n', b''):
            name, _, value = line.decode().partition(':')
            head[name.lower()] = value.strip()
        identity = head.get('webhook-id')
        answer = self.plan.get(to, lambda identity: OK)(identity)
        if to == 'script' and answer.how not in SIMPLE:
            answer = replace(
                answer, how='close' if answer.how in BROKEN else 'whole')
        if self.certificates is not None and answer.how == 'reset-in-body':
            answer = replace(answer, how='half-body')    # the head may be lost
        self.answered[f'to {to}'] += 1
        self.answered[f'status {answer.status}' if answer.how == 'whole'
                      else f'way {answer.how}'] += 1
        if answer.how == 'reset-unread':
            reset(sock)
            return False
        return self.take_body(sock, stream, life, to, head, answer)

    def take_body(self, sock, stream, life, to, head, answer):
        length = int(head['content-length'])
        body = stream.read(length)
        if len(body) < length:
            return False
        with self.lock:
            self.attempts.append(Attempt(
                life, time.monotonic(), to, head.get('webhook-id'), body,
                answer.verdict()))
            if not is_signed(head, body):
                self.strays.append(f'{to}: not signed rightly: {head}')
        if answer.how == 'silent':
            self.release.wait(60)
            return False
        return send_answer(sock, answer)

    def note(self, to, identity, body):
        """What was accepted in another way than over our sockets."""
        self.answered[f'to {to}'] += 1
        with self.lock:
            self.attempts.append(Attempt(
                self.life, time.monotonic(), to, identity, body, ACCEPTED))

    def accepted(self, to='desk'):
        with self.lock:
            return {a.id for a in self.attempts
                    if a.verdict == ACCEPTED and a.to == to}

    def refuse_connections(self):
        """Until accept_connections() there is nobody."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept_connections(self):
        self.listener = socket.create_server(
            ('127.0.0.1', self.port), backlog=64, reuse_port=True)
        threading.Thread(target=self.listen, args=(self.listener,),
                         daemon=True).start()

    def drain(self):
        """Returns when all that the dead process had sent is in `attempts`."""
        self.release.set()
        try:
            with socket.create_connection(('127.0.0.1', self.port)) as last:
                last.sendall(b'QUIT\r\n')
                last.recv(1)     # accepted after all that came before
        except ConnectionRefusedError:
            pass
        with self.lock:
            threads = list(self.open)
        for thread in threads:
            thread.join(60)
        self.release.clear()

    def close(self):
        self.release.set()
        self.refuse_connections()
        self.reserve.close()


def is_signed(head, body):
    """Whatever the clock says: some of the faults are the clock's."""
    if 'webhook-signature' not in head:
        return head.get('user-agent') == 'forward'
    signed = f'{head["webhook-id"]}.{head["webhook-timestamp"]}.'.encode()
    want = base64.b64encode(
        hmac.new(SECRET_BYTES, signed + body, hashlib.sha256).digest())
    return head['webhook-signature'] == 'v1,' + want.decode()


class MailSessions(mailserver.Server):
    """Knows which sessions have not ended."""

    def __init__(self, *args):
        super().__init__(*args)
        self.going_on = set()
        self.ended = threading.Condition()

    def process_request(self, request, client_address):
        with self.ended:
            self.going_on.add(request)
        super().process_request(request, client_address)

    def process_request_thread(self, request, client_address):
        super().process_request_thread(request, client_address)
        with self.ended:
            self.going_on.discard(request)
            self.ended.notify_all()


class Mailbox(mailserver.MailServer):
    """Mail for the destination `letter`: what is accepted the receiver notes."""

    def __init__(self, receiver):
        self.receiver = receiver
        self.plan = lambda: {}   # of the next session: see mailserver.Handler
        super().__init__(server=MailSessions)

    def next_plan(self):
        return self.plan()

    def keep(self, mail):
        message = email.message_from_bytes(mail['message'])
        documents = [part.get_payload(decode=True) for part in message.walk()
                     if part.get_content_type() == 'application/json']
        identity = message['Message-ID'][1:].partition('@')[0]
        self.receiver.note('letter', identity,
                           (documents or [b''])[0].strip())

    def drain(self):
        with socket.create_connection(('127.0.0.1', self.port)) as last:
            last.recv(100)       # accepted after all that came before
            last.sendall(b'QUIT\r\n')
        with self.server.ended:
            self.server.ended.wait_for(lambda: not self.server.going_on, 60)
