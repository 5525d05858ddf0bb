"""tests/e2e/harness.py: a scripted web site, a webhook receiver that keeps what
it gets, and the daemon under test, all on the loopback address."""
import base64
import collections
import email.utils
import glob
import hashlib
import hmac
import html
import http.server
import json
import mmap
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
import unittest

BUILD = os.path.abspath(os.environ.get('TOCSIN_BUILD', 'build'))
DATA = os.environ.get('TOCSIN_DATA', '../shared/data')
SANITIZED = 'san' in os.path.basename(BUILD)
SECRET_BYTES = bytes(range(32))
SECRET = 'whsec_' + base64.b64encode(SECRET_BYTES).decode()

Request = collections.namedtuple('Request', 'at method path headers body')


def wait_until(condition, seconds, what):
    """Polls until the condition holds; its value."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f'not within {seconds} s: {what}')
        time.sleep(0.02)


def reply(status=200, body='', headers=(), cut=None):
    """An answer; `cut` sends only so many bytes of the body it announces."""
    if isinstance(body, str):
        body = body.encode()
    return status, body, list(headers), cut


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def answer(self):
        length = int(self.headers.get('Content-Length') or 0)
        body = self.rfile.read(length)
        request = Request(time.monotonic(), self.command, self.path,
                          self.headers, body)
        status, body, headers, cut = self.server.site.handle(request)
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        if status != 304:
            self.send_header('Content-Length', str(len(body)))
        if cut is not None:
            self.close_connection = True
        self.end_headers()
        self.wfile.write(body[:cut])

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_):
        pass                     # the daemon was killed in mid-sentence


class Site:
    """Answers each path by its own function (or constant) and keeps all
    requests."""

    def __init__(self, address='127.0.0.1'):
        self.routes = {}
        self.requests = []
        self.lock = threading.Lock()
        self.server = Server((address, 0), Handler)
        self.server.site = self
        self.base = f'http://{address}:{self.server.server_port}'
        self.thread = threading.Thread(
            target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def handle(self, request):
        with self.lock:
            self.requests.append(request)
            route = self.routes.get(request.path)
            if route is None:
                return reply(404, 'no such page')
            return route(request) if callable(route) else route

    def seen(self, path):
        with self.lock:
            return [r for r in self.requests if r.path == path]

    def wait_seen(self, path, count, seconds=20):
        wait_until(lambda: len(self.seen(path)) >= count, seconds,
                   f'{count} requests for {path}')
        return self.seen(path)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Hook:
    """A webhook receiver at a path of a site.  `decide` may answer something
    else than 200 to a request; what was answered 2xx is in `alerts`."""

    def __init__(self, site, path='/hook', decide=None):
        self.url = site.base + path
        self.decide = decide or (lambda request: reply(200))
        self.alerts = []         # (id, document)
        self.attempts = []       # (id, document, status)
        self.bad = []            # requests whose signature does not fit
        site.routes[path] = self.receive

    def receive(self, request):
        answer = self.decide(request)
        identity = request.headers['webhook-id']
        if not signature_fits(request):
            self.bad.append(request)
        document = json.loads(request.body)
        self.attempts.append((identity, document, answer[0]))
        if 200 <= answer[0] < 300:
            self.alerts.append((identity, document))
        return answer

    def wait(self, count, seconds=20):
        wait_until(lambda: len(self.alerts) >= count, seconds,
                   f'{count} webhooks')
        return self.alerts


def signature_fits(request):
    head = request.headers
    stamp = head['webhook-timestamp']
    if abs(int(stamp) - time.time()) > 300:
        return False
    signed = f'{head["webhook-id"]}.{stamp}.'.encode() + request.body
    want = 'v1,' + base64.b64encode(
        hmac.new(SECRET_BYTES, signed, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(want, one)
               for one in head['webhook-signature'].split(' '))


def item(number, title, text, link=None, minutes_ago=1):
    date = email.utils.formatdate(time.time() - 60 * minutes_ago)
    link = f'<link>{html.escape(link)}</link>' if link else ''
    return (f'<item><title>{html.escape(title)}</title>{link}'
            f'<guid isPermaLink="false">item-{number}</guid>'
            f'<pubDate>{date}</pubDate>'
            f'<description>{html.escape(text)}</description></item>\n')


def rss(items):
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0">'
            '<channel><title>Test wire</title><link>http://wire.invalid/</link>'
            '<description>Made for a test</description>\n' + ''.join(items) +
            '</channel></rss>\n')


def page(title, text):
    paragraphs = ''.join(f'<p>{html.escape(p)}</p>\n'
                         for p in text.split('\n') if p.strip())
    return (f'<!DOCTYPE html><html lang="en"><head><title>{html.escape(title)}'
            f'</title></head><body><article><h1>{html.escape(title)}</h1>\n'
            f'{paragraphs}</article></body></html>\n')


FEED_TYPE = [('Content-Type', 'application/rss+xml; charset=utf-8')]
PAGE_TYPE = [('Content-Type', 'text/html; charset=utf-8')]


class Daemon:
    """tocsind with a configuration made of Python values (JSON is YAML)."""

    def __init__(self, folder, config):
        self.folder = folder
        self.file = os.path.join(folder, 'tocsin.yaml')
        self.errors = os.path.join(folder, 'stderr')
        self.process = None
        self.notify = None
        self.states = []         # what it told through sd_notify
        self.prefix = []         # a command that runs it
        self.env = {}
        self.write(config)

    def write(self, config):
        with open(self.file, 'w', encoding='utf-8') as f:
            if isinstance(config, str):
                f.write(config)
            else:
                json.dump(config, f, ensure_ascii=False, indent=1)

    def start(self, wait=True):
        path = os.path.join(self.folder, 'notify')
        if self.notify is None:
            self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self.notify.bind(path)
            self.notify.setblocking(False)
        self.told()
        self.states.clear()
        env = {k: v for k, v in os.environ.items()
               if k not in ('STATE_DIRECTORY', 'JOURNAL_STREAM')}
        env.update(NOTIFY_SOCKET=path, TZ='UTC', **self.env)
        with open(self.errors, 'ab') as errors, open(
                os.path.join(self.folder, 'stdout'), 'ab') as out:
            self.process = subprocess.Popen(
                [*self.prefix, os.path.join(BUILD, 'tocsind'),
                 '-c', self.file],
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out,
                stderr=errors, env=env)
        if wait:
            self.wait_told('READY=1')
        return self

    def told(self):
        while True:
            try:
                self.states.append(self.notify.recv(4096).decode())
            except BlockingIOError:
                return self.states

    def wait_told(self, word, count=1):
        def enough():
            if self.process.poll() is not None:
                raise AssertionError(
                    f'tocsind ended with {self.process.returncode}:\n'
                    + self.log())
            return sum(word in s for s in self.told()) >= count
        wait_until(enough, 20, f'{word} by sd_notify')

    def reload(self, config):
        """Writes a configuration and waits until it was taken or refused."""
        ready = sum('READY=1' in s for s in self.told())
        self.write(config)
        self.process.send_signal(signal.SIGHUP)
        self.wait_told('READY=1', ready + 1)

    def stop(self, seconds=2 if not SANITIZED else 10):
        """SIGTERM; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def log(self):
        with open(self.errors, encoding='utf-8') as f:
            return f.read()

    def wait_log(self, pattern, seconds=20):
        wait_until(lambda: re.search(pattern, self.log()), seconds,
                   f'log line {pattern!r}; there is:\n{self.log()}')

    def metrics(self):
        """The numbers of the last metrics line of the log."""
        lines = [line for line in self.log().splitlines()
                 if ' items_total=' in line]
        pairs = re.findall(r'(\w+)=(\d+)', lines[-1])
        return collections.defaultdict(
            int, {name: int(value) for name, value in pairs})

    def spooled(self):
        documents = []
        for name in sorted(glob.glob(
                os.path.join(self.folder, 'spool', 'new', '*'))):
            with open(name, encoding='utf-8') as f:
                documents.append((os.path.basename(name), json.load(f)))
        return documents

    def memory_kib(self, field):
        with open(f'/proc/{self.process.pid}/status', encoding='ascii') as f:
            return int(re.search(rf'{field}:\s*(\d+) kB', f.read())[1])


class Clock:
    """The clocks of a daemon that runs with `env`; at first they are right.
    `shim` is tests/faults/clock.c, compiled; it is made where there is none."""

    def __init__(self, folder, shim=None):
        if shim is None:
            shim = os.path.join(folder, 'clock.so')
            subprocess.run(
                ['cc', '-D_GNU_SOURCE', '-shared', '-fPIC', '-o', shim,
                 'tests/faults/clock.c', '-ldl'], check=True)
        path = os.path.join(folder, 'shift')
        with open(path, 'wb') as f:
            f.write(bytes(24))
        with open(path, 'r+b') as f:
            self.map = mmap.mmap(f.fileno(), 24)
        self.env = {'LD_PRELOAD': shim, 'CLOCK_SHIFT': path,
                    'ASAN_OPTIONS': 'verify_asan_link_order=0:'
                    + os.environ.get('ASAN_OPTIONS', '')}

    def shift(self, ms):
        """The wall clock, so far from what is right."""
        self.map[:8] = struct.pack('q', int(ms))

    def set(self, when):
        """To seconds since 1970; it goes on from there."""
        self.shift((when - time.time()) * 1000)

    def let_leap(self, leaps):
        """Whether both clocks leap to when the daemon waits for."""
        self.map[16:] = struct.pack('q', leaps)

    def leapt_ms(self):
        return struct.unpack('q', self.map[8:16])[0]


class Case(unittest.TestCase):
    """A test with a site, a hook and a scratch folder of its own."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='tocsin-e2e-')
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.site = Site()
        self.addCleanup(self.site.close)
        self.hook = Hook(self.site)

    def config(self, feeds, filters, **sections):
        """Feeds: name -> path or options; filters: name -> query or options."""
        def options(value, key):
            return dict(value) if isinstance(value, dict) else {key: value}
        config = {
            'network': {'allow-private': ['127.0.0.0/8'], 'host-gap': '0s'},
            'feeds': {},
            'filters': {n: options(f, 'match') for n, f in filters.items()},
            'destinations': {
                'spool': {'type': 'spool', 'dir': 'spool'},
                'desk': {'type': 'webhook', 'url': self.hook.url,
                         'secret': SECRET, 'retry-min': '10ms',
                         'retry-max': '1s'},
            },
        }
        for name, feed in feeds.items():
            feed = {'every': '1s', **options(feed, 'url')}
            if feed['url'].startswith('/'):
                feed['url'] = self.site.base + feed['url']
            config['feeds'][name] = feed
        config['daemon'] = {'state': 'state', 'log-level': 'debug'}
        config.update(sections)
        return config

    def daemon(self, config):
        daemon = Daemon(self.folder, config)
        self.addCleanup(lambda: daemon.notify and daemon.notify.close())
        self.addCleanup(lambda: print(
            f'\n{self.id()}: end of the log\n{daemon.log()[-6000:]}'))
        self.addCleanup(daemon.kill)
        return daemon

    def serve(self, path, items):
        self.site.routes[path] = reply(200, rss(items), FEED_TYPE)

    def assert_all_signed(self):
        self.assertEqual(self.hook.bad, [], 'webhooks with a bad signature')

    def assert_dispositions(self, daemon):
        """Invariant I1: each item ends in one counted disposition."""
        m = daemon.metrics()
        parts = ('known', 'backlog', 'duplicate', 'no_match', 'alerted',
                 'attached', 'muted', 'held', 'limited', 'error')
        self.assertEqual(
            m['items_total'],
            sum(m[f'items_{p}_total'] for p in parts) + m['items_pending'],
            f'items_total is not the sum of its parts: {dict(m)}')


def run(*command, **options):
    """Runs a program of the build to its end."""
    return subprocess.run(
        [os.path.join(BUILD, command[0]), *command[1:]], text=True,
        stdin=subprocess.DEVNULL, capture_output=True, timeout=30, **options)
