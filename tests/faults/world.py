"""tests/faults/world.py: a site, a receiver that misbehaves to order, a daemon
that lives several times, and the record of it all that checker.py reads."""
import base64
import glob
import hashlib
import hmac
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))), 'e2e'))

# pylint: disable=wrong-import-position
from checker import (ACCEPTED, REFUSED, UNKNOWN, Attempt, Life, Record, Row,
                     Spooled, check)
from harness import (BUILD, FEED_TYPE, PAGE_TYPE, SECRET, SECRET_BYTES, Daemon, Site,
                     item, page, reply, rss, wait_until)

FEEDS = 3
ITEMS = 21                       # number n stands in feed n % FEEDS
KINDS = ('in-feed', 'in-article', 'plain', 'in-feed', 'in-feed', 'in-article',
         'plain')
TEXT = ('The vote was taken before dawn, and nobody left the chamber. ' * 8 +
        '\nObservers called for a ceasefire at noon.\n' +
        'The next meeting is expected within the week. ' * 8)
STOP_SECONDS = 20                # generous: the machine may be busy
WAIT_SECONDS = 40


def kind_of(number):
    return KINDS[number // FEEDS % len(KINDS)]


def story_text(story):
    """Long enough to be known again, and like no other's."""
    rng = random.Random(story)
    words = [''.join(rng.choices('abcdefghiklmnoprstuvw', k=rng.randint(3, 9)))
             for _ in range(90)]
    return ' '.join(words[:40]) + '. A ceasefire. ' + ' '.join(words[40:])


@dataclass
class Answer:
    """What the receiver does with a request."""
    status: int = 200
    headers: list = field(default_factory=list)
    how: str = 'whole'

    def verdict(self):
        if self.how in ('whole', 'slow', 'half-body', 'until-close', 'interim'):
            return ACCEPTED if 200 <= self.status <= 299 else REFUSED
        return UNKNOWN


OK = Answer(200)
# Ways to answer that leave the sender without a status, or nearly.
BROKEN = ('reset', 'close', 'half-head', 'garbage', 'reset-unread', 'silent')
ODD = ('slow', 'half-body', 'until-close', 'interim')


def reset(sock):
    """Closes with RST."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                    struct.pack('ii', 1, 0))


def send_answer(sock, answer):
    """False: the connection has ended."""
    bodiless = answer.status < 200 or answer.status in (204, 304)
    body = b'' if bodiless else b'{"ok": "or not"}'
    lines = [f'HTTP/1.1 {answer.status} Said']
    lines += [f'{name}: {value}' for name, value in answer.headers]
    if not bodiless and answer.how != 'until-close':
        lines.append(f'Content-Length: {len(body)}')
    data = ('\r\n'.join(lines) + '\r\n\r\n').encode() + body
    if answer.how == 'interim':
        data = b'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n' + data
    if answer.how == 'half-head':
        data = data[:len(lines[0]) // 2]
    elif answer.how == 'half-body' and body:
        data = data[:-5]
    elif answer.how == 'garbage':
        data = b'\x00\xff\x15\x03\x01 200 OK\r\n\r\n'
    if answer.how == 'slow':
        for n in range(len(data)):
            sock.sendall(data[n:n + 1])
            time.sleep(0.002)
    elif answer.how not in ('reset', 'close'):
        sock.sendall(data)
    if answer.how == 'reset':
        reset(sock)
    return answer.how in ('whole', 'slow', 'interim') and answer.status >= 200


class Receiver:
    """Takes webhooks over plain sockets.  `decide(id)` chooses the answer."""

    def __init__(self):
        self.decide = lambda identity: OK
        self.attempts = []
        self.unsigned = []
        self.life = -1
        self.lock = threading.Lock()
        self.open = set()        # threads of connections
        self.release = threading.Event()     # of those that keep silent
        self.listener = socket.create_server(('127.0.0.1', 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            thread = threading.Thread(
                target=self.converse, args=(sock, self.life), daemon=True)
            with self.lock:
                self.open.add(thread)
            thread.start()

    def converse(self, sock, life):
        try:
            with sock, sock.makefile('rb') as stream:
                while self.take(sock, stream, life):
                    pass
        except OSError:
            pass                 # the daemon was killed in mid-sentence
        with self.lock:
            self.open.discard(threading.current_thread())

    def take(self, sock, stream, life):
        line = stream.readline()
        if not line.startswith(b'POST '):
            return False
        head = {}
        while (line := stream.readline()) not in (b'\r\n', b''):
            name, _, value = line.decode().partition(':')
            head[name.lower()] = value.strip()
        identity = head.get('webhook-id')
        answer = self.decide(identity)
        if answer.how == 'reset-unread':
            reset(sock)
            return False
        length = int(head['content-length'])
        body = stream.read(length)
        if len(body) < length:
            return False
        with self.lock:
            self.attempts.append(Attempt(
                life, time.monotonic(), identity, body, answer.verdict()))
            if not is_signed(head, body):
                self.unsigned.append(identity)
        if answer.how == 'silent':
            self.release.wait(60)
            return False
        return send_answer(sock, answer)

    def accepted(self):
        with self.lock:
            return {a.id for a in self.attempts if a.verdict == ACCEPTED}

    def drain(self):
        """Returns when all that the dead process had sent is in `attempts`."""
        self.release.set()
        with socket.create_connection(('127.0.0.1', self.port)) as last:
            last.sendall(b'QUIT\r\n')
            last.recv(1)         # accepted after all that came before
        with self.lock:
            threads = list(self.open)
        for thread in threads:
            thread.join(5)
        self.release.clear()

    def close(self):
        self.release.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def is_signed(head, body):
    """Whatever the clock says: some of the faults are the clock's."""
    signed = f'{head["webhook-id"]}.{head["webhook-timestamp"]}.'.encode()
    want = base64.b64encode(
        hmac.new(SECRET_BYTES, signed + body, hashlib.sha256).digest())
    return head['webhook-signature'] == 'v1,' + want.decode()


class World:
    """One point: everything in a folder of its own."""

    def __init__(self, rng, ids, disk=None):
        self.rng = rng
        self.folder = tempfile.mkdtemp(prefix='tocsin-faults-')
        self.disk = disk or self.folder      # of the state and the spool
        self.site = Site()
        self.receiver = Receiver()
        self.two_polls = rng.random() < 0.3
        self.forgetful = rng.random() < 0.5  # what has rung leaves the feed
        self.flaky = 0                       # share of bad answers to polls
        self.articles = True                 # else the feed tells it all
        self.polls = [0] * FEEDS
        self.record = Record(
            items={n: kind_of(n) != 'plain' for n in range(ITEMS)}, ids=ids)
        for n in range(FEEDS):
            self.site.routes[f'/feed/{n}'] = self.feed(n)
        for number in range(ITEMS):
            self.site.routes[f'/page/{number}'] = self.page(number)
        self.daemon = Daemon(self.folder, '')
        self.options = {}        # of the webhook
        self.log_at = 0
        self.hit, self.what = True, ''       # for the report
        self.calls = self.power = self.scratch = None    # of the worker

    def page(self, number):
        text = TEXT
        if kind_of(number) != 'in-article':
            text = text.replace('ceasefire', 'recess')
        return reply(200, page(f'Report {number}', text), PAGE_TYPE)

    def item(self, number):
        if self.record.stories:
            return item(number, f'Report {number}', story_text(
                self.record.stories[number]), minutes_ago=5)
        kind = kind_of(number)
        told = kind == 'in-feed' or kind == 'in-article' and not self.articles
        return item(number, f'Report {number}', 'A ceasefire is near.' if told
                    else 'The teaser does not say.',
                    f'{self.site.base}/page/{number}', minutes_ago=5)

    def shown(self, which):
        numbers = list(range(which, len(self.record.items), FEEDS))
        if self.two_polls and self.polls[which] == 1:
            numbers = numbers[:len(numbers) // 2]
        if self.forgetful:
            gone = self.receiver.accepted()
            numbers = [n for n in numbers
                       if self.record.ids.get(n) not in gone]
        return numbers

    def feed(self, which):
        def route(request):
            self.polls[which] += 1
            numbers = self.shown(which)
            tag = '"' + '-'.join(map(str, numbers)) + '"'
            headers = [*FEED_TYPE, ('ETag', tag)]
            if request.headers['If-None-Match'] == tag:
                return reply(304, '', headers)
            document = rss(map(self.item, reversed(numbers)))
            if self.rng.random() < self.flaky:
                return self.rng.choice((
                    reply(500, 'no', headers),
                    reply(200, document, headers, cut=len(document) // 2)))
            return reply(200, document, headers)
        return route

    def config(self):
        desk = {'type': 'webhook', 'secret': SECRET, 'retry-min': '10ms',
                'url': f'http://127.0.0.1:{self.receiver.port}/hook',
                'retry-max': '1s', **self.options}
        how = 'story' if self.record.stories else 'none'
        return {
            'network': {'allow-private': ['127.0.0.0/8'], 'host-gap': '0s',
                        'articles-per-minute': 100000},
            'feeds': {f'wire-{n}': {'url': f'{self.site.base}/feed/{n}',
                                    'every': '1s', 'backlog': '36500d',
                                    'publisher': f'house {n}',
                                    'article': 'auto' if self.articles
                                    else 'never'}
                      for n in range(FEEDS)},
            'filters': {'truce': {'match': 'ceasefire', 'group': how,
                                  'updates': 'no'}},
            'destinations': {
                'spool': {'type': 'spool', 'retry-min': '10ms',
                          'retry-max': '1s', 'trouble': 'no',
                          'dir': self.path('spool')},
                'desk': desk},
            'daemon': {'state': self.path('state'), 'log-level': 'debug'}}

    def tell_stories(self):
        """Three stories, told by three publishers each."""
        numbers = range(3 * FEEDS)
        self.forgetful, self.articles = False, False
        self.record.stories = {n: n // FEEDS for n in numbers}
        self.record.items = dict.fromkeys(numbers, True)

    def path(self, name):
        return os.path.join(self.disk, name)

    def shim(self, name):
        return os.path.join(self.scratch, name + '.so')

    # Lives.

    def start(self, prefix=(), env=None, faulty=False, deaf=False):
        self.receiver.life = len(self.record.lives)
        self.record.lives.append(Life(faulty=faulty, deaf=deaf))
        self.daemon.prefix = list(prefix)
        self.daemon.env = env or {}
        self.daemon.write(self.config())
        self.log_at = (os.path.getsize(self.daemon.errors)
                       if os.path.exists(self.daemon.errors) else 0)
        self.daemon.start(wait=False)

    def life(self):
        return self.record.lives[-1]

    def log(self):
        """Of this life."""
        with open(self.daemon.errors, 'rb') as f:
            f.seek(self.log_at)
            return f.read().decode(errors='replace')

    @staticmethod
    def daemon_program():
        return os.path.join(BUILD, 'tocsind')

    def is_over(self):
        return self.daemon.process.poll() is not None

    def wait(self, condition, seconds=WAIT_SECONDS):
        """Until the condition holds or the process has ended."""
        end = time.monotonic() + seconds
        while not condition():
            if self.is_over() or time.monotonic() > end:
                return condition()
            time.sleep(0.01)
        return True

    def stop(self):
        """SIGTERM; that it does not end is an observation too."""
        if not self.is_over():
            self.daemon.process.send_signal(signal.SIGTERM)
        try:
            self.daemon.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.record.notes.append(
                f'life {self.receiver.life} does not stop:\n'
                + self.log()[-1500:])
            self.daemon.kill()
        self.note_end()

    def kill(self):
        self.daemon.kill()
        self.note_end()

    def note_end(self, read=True):
        life = self.life()
        life.status = self.daemon.process.returncode
        if life.status == -signal.SIGKILL:
            life.status = None
        life.ready = any('READY=1' in s for s in self.daemon.told())
        life.errors = '\n'.join(
            line for line in self.log().splitlines()
            if not re.match(r'\S+: warning:|  ', line))[-4000:]
        self.receiver.drain()
        if read:
            life.rows = self.outbox()

    def outbox(self):
        """Rows of a copy: reading a database changes its files."""
        folder = tempfile.mkdtemp(dir=self.folder)
        for name in glob.glob(self.path('state/tocsin.db*')):
            if not name.endswith('-shm'):
                shutil.copy(name, folder)
        db = sqlite3.connect(os.path.join(folder, 'tocsin.db'))
        try:
            return [Row(*row) for row in db.execute(
                'SELECT row, id, destination, state, created '
                'FROM outbox ORDER BY row')]
        except sqlite3.OperationalError as e:
            return [] if 'no such table' in str(e) else None
        finally:
            db.close()
            shutil.rmtree(folder)

    def wanted(self):
        return {self.record.ids[n] for n, matches in self.record.items.items()
                if matches}

    def spool_names(self):
        try:
            return os.listdir(self.path('spool/new'))
        except OSError:
            return []

    def all_spooled(self):
        there = {name.split('.')[-2] for name in self.spool_names()}
        if self.record.stories:  # new and confirmed, each
            return len(there) >= 2 * FEEDS
        return there >= self.wanted()

    def all_there(self):
        if self.record.stories:
            return (len(self.receiver.accepted()) >= 2 * FEEDS and
                    self.all_spooled() and min(self.polls) >= 2)
        return self.receiver.accepted() >= self.wanted() and self.all_spooled()

    def finish(self):
        """A last life without faults, until all is delivered; then the check:
        what does not hold."""
        self.flaky = 0
        self.receiver.decide = lambda identity: OK
        self.start()
        self.wait(self.all_there)
        self.stop()
        return self.verify()

    def verify(self):
        record = self.record
        record.attempts = list(self.receiver.attempts)
        for name in sorted(self.spool_names()):
            path = os.path.join(self.path('spool/new'), name)
            with open(path, 'rb') as f:
                record.spool.append(
                    Spooled(name, os.stat(path).st_mtime_ns, f.read()))
        record.integrity = self.integrity()
        record.moved_aside = [
            os.path.basename(p) for p in
            glob.glob(self.path('state/*corrupt*')) +
            glob.glob(self.path('state/*damaged*'))]
        if self.receiver.unsigned:
            record.notes.append(
                f'not signed rightly: {self.receiver.unsigned}')
        if len(record.lives) == 1 and self.life().status == 0:
            record.notes += self.sum_of_dispositions()
        return check(record)

    def sum_of_dispositions(self):
        m = self.daemon.metrics()
        parts = ('known', 'backlog', 'duplicate', 'no_match', 'alerted',
                 'attached', 'muted', 'limited', 'error')
        ends = sum(m[f'items_{p}_total'] for p in parts) + m['items_pending']
        if m['items_total'] != ends:
            yield f'{m["items_total"]} items, {ends} dispositions: {dict(m)}'

    def integrity(self):
        try:
            db = sqlite3.connect(self.path('state/tocsin.db'))
            answer = db.execute('PRAGMA integrity_check').fetchone()[0]
            db.close()
            return answer
        except sqlite3.Error as e:
            return str(e)

    def story(self):
        """What was seen, for whoever has to explain it."""
        lines = [f'two polls: {self.two_polls}, forgetful: {self.forgetful}, '
                 f'polls: {self.polls}']
        for n, life in enumerate(self.record.lives):
            lines.append(f'life {n}: {life.status}, ready: {life.ready}, '
                         f'rows:')
            lines += [f'  {row.row} {row.id} {row.destination} state '
                      f'{row.state} created {row.created}'
                      for row in life.rows or []]
            lines += [f'  attempt {a.at:.3f} {a.id} {a.verdict}'
                      for a in self.record.attempts if a.life == n]
            lines.append(life.errors)
        lines += [f'{s.name} {s.mtime}' for s in self.record.spool]
        return '\n'.join(lines)

    def close(self):
        self.daemon.kill()
        if self.daemon.notify:
            self.daemon.notify.close()
        self.site.close()
        self.receiver.close()
        shutil.rmtree(self.folder, True)


def reference_ids(rng):
    """number -> id, of a life without faults."""
    world = World(rng, {})
    world.two_polls = world.forgetful = False
    try:
        world.start()
        want = sum(world.record.items.values())
        world.wait(lambda: len(world.receiver.accepted()) == want)
        world.stop()
        found = {}
        for a in world.receiver.attempts:
            number = re.search(rb'"title":"Report (\d+)"', a.body)[1]
            found[int(number)] = a.id
        assert len(found) == want, f'{len(found)} of {want}:\n{world.log()}'
        return found
    finally:
        world.close()
