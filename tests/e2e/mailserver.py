"""tests/e2e/mailserver.py: a mail server on the loopback address that keeps what
it gets and misbehaves as it is told.

usage: tests/e2e/mailserver.py FOLDER MODE     for unit tests: prints its port

MODE is plain, starttls, smtps or chatty, which is plain, talks when it is to
listen and reads no message; FOLDER gets the certificate, `cert`, and each
mail as FOLDER/mail.N."""
import base64
import os
import socketserver
import ssl
import subprocess
import sys
import threading

PASSWORD = base64.b64encode(b'\0desk\0hunter2').decode()


def certificate(folder, host='localhost'):
    cert, key = (os.path.join(folder, name) for name in ('cert', 'key'))
    subprocess.run(
        ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
         'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-keyout', key,
         '-out', cert, '-subj', f'/CN={host}', '-addext',
         f'subjectAltName=DNS:{host}'],
        check=True, stderr=subprocess.DEVNULL)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


class Closed(Exception):
    pass


class Handler(socketserver.StreamRequestHandler):
    """One session.  A plan maps a command (also 'greeting' and 'message') to
    what is replied instead of the usual: a text, or a function that gets the
    handler and returns one; None closes the connection."""

    def setup(self):
        if self.server.mail.mode == 'smtps':
            self.request = self.server.mail.context.wrap_socket(
                self.request, server_side=True)
        super().setup()

    def say(self, what, usual):
        said = self.plan.get(what, usual)
        if callable(said):
            said = said(self)
        if said is None:
            raise Closed()
        if what == 'message' and said[0] == '2':
            self.server.mail.keep(self.mail)
        self.wfile.write(said.encode() + b'\r\n')
        return said[0] in '23'

    def encrypt(self):
        self.request = self.server.mail.context.wrap_socket(
            self.request, server_side=True)
        super().setup()
        self.mail['tls'] = True

    def take_message(self):
        lines = []
        while True:
            line = self.rfile.readline()
            if not line:
                raise Closed()
            if line == b'.\r\n':
                break
            lines.append(line[1:] if line.startswith(b'.') else line)
        self.mail['message'] = b''.join(lines)
        self.say('message', '250 2.0.0 queued')

    def command(self, line):
        verb = line.split(' ')[0].upper()
        if verb == 'EHLO':
            offers = [o for o in self.server.mail.offers
                      if o != 'STARTTLS' or not self.mail['tls']]
            self.say(verb, '\r\n'.join(
                ['250-mail.test'] + [f'250-{o}' for o in offers]
                + ['250 8BITMIME']))
        elif verb == 'STARTTLS':
            if self.say(verb, '220 go on'):
                self.encrypt()
        elif verb == 'AUTH':
            if line == 'AUTH PLAIN' and self.say('challenge', '334 '):
                line += ' ' + self.rfile.readline(10000).decode().strip()
            self.mail['auth'] = line
            good = line == f'AUTH PLAIN {PASSWORD}'
            self.say(verb, '235 welcome' if good else '535 5.7.8 no')
        elif verb == 'MAIL':
            self.mail['from'] = line
            self.say(verb, '250 2.1.0 ok')
        elif verb == 'RCPT':
            if self.say(verb, '250 2.1.5 ok'):
                self.mail['to'].append(line)
        elif verb == 'DATA':
            if self.server.mail.mode == 'chatty':
                self.wfile.write(b'354 go on\r\n')
                self.rfile.read(1)
                self.wfile.write(b'250-not yet\r\n')
                self.server.mail.silence.wait()
            elif self.say(verb, '354 go on'):
                self.take_message()
        elif verb == 'QUIT':
            self.server.mail.quits += 1
            raise Closed()
        else:
            self.say(verb, '500 what?')

    def handle(self):
        server = self.server.mail
        self.plan = server.next_plan()
        self.mail = {'from': None, 'to': [], 'auth': None,
                     'tls': server.mode == 'smtps'}
        try:
            self.say('greeting', '220 mail.test')
            while True:
                line = self.rfile.readline(10000)
                if not line:
                    return
                server.commands.append(line.decode().rstrip('\r\n'))
                self.command(server.commands[-1])
        except (Closed, OSError):
            pass


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, *_):
        pass                     # the client was stopped in mid-sentence


class MailServer:
    """`plans` are those of the first sessions; later ones behave."""

    def __init__(self, mode='plain', context=None, plans=(), offers=(),
                 address='127.0.0.1', server=Server):
        self.mode = mode
        self.context = context
        self.plans = list(plans)
        self.offers = list(offers)
        if mode == 'starttls':
            self.offers.append('STARTTLS')
        self.sessions = 0
        self.quits = 0
        self.commands = []
        self.mails = []
        self.silence = threading.Event()
        self.folder = None       # each mail becomes a file here
        self.lock = threading.Lock()
        self.server = server((address, 0), Handler)
        self.server.mail = self
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,),
                         daemon=True).start()

    def next_plan(self):
        with self.lock:
            self.sessions += 1
            return self.plans.pop(0) if self.plans else {}

    def keep(self, mail):
        with self.lock:
            self.mails.append(mail)
            if self.folder is not None:
                name = os.path.join(self.folder, f'mail.{len(self.mails)}')
                with open(name, 'wb') as f:
                    f.write(f'{mail["tls"]} {mail["auth"]}\n'.encode()
                            + mail['message'])

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def main():
    folder, mode = sys.argv[1:]
    context = certificate(folder) if mode in ('starttls', 'smtps') else None
    server = MailServer(mode, context, offers=['AUTH PLAIN LOGIN'])
    server.folder = folder
    print(server.port, flush=True)
    sys.stdin.read()             # until whoever started it has gone


if __name__ == '__main__':
    main()
