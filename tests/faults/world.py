"""tests/faults/world.py: a site, destinations that misbehave to order, a daemon
that lives several times, and the record of it all that checker.py reads."""
import ctypes
import glob
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))), 'e2e'))

# pylint: disable=wrong-import-position
import harness
from checker import Life, Record, Row, Spooled, check
from harness import (FEED_TYPE, PAGE_TYPE, SECRET, Clock, Daemon, Site, item, page,
                     reply, rss, wait_until)
from receiver import Mailbox, Receiver

FEEDS = 3
ITEMS = 21                       # number n stands in feed n % FEEDS
KINDS = ('in-feed', 'in-article', 'plain', 'in-feed', 'in-feed', 'in-article',
         'plain')
TEXT = ('The vote was taken before dawn, and nobody left the chamber. ' * 8 +
        '\nObservers called for a ceasefire at noon.\n' +
        'The next meeting is expected within the week. ' * 8)
# Besides the spool and the webhook `desk`: another webhook, a program, mail, an
# Atom file and standard output.
EXTRAS = ('pager', 'script', 'letter', 'paper', 'out')
# Patience is counted in what the daemon does, since the machine may be busy: in
# its polls, which go on as long as it lives, and in its sleep.
ASLEEP_SECONDS = 30
HUNG_SECONDS = 300               # without a single poll


def kind_of(number):
    return KINDS[number // FEEDS % len(KINDS)]


def story_text(story):
    """Long enough to be known again, and like no other's."""
    rng = random.Random(story)
    words = [''.join(rng.choices('abcdefghiklmnoprstuvw', k=rng.randint(3, 9)))
             for _ in range(90)]
    return ' '.join(words[:40]) + '. A ceasefire. ' + ' '.join(words[40:])


def children():
    """Of this process."""
    found = []
    for path in glob.glob('/proc/self/task/*/children'):
        try:
            with open(path, encoding='ascii') as f:
                found += [int(n) for n in f.read().split()]
        except OSError:
            pass                 # a thread that has ended
    return found


def adopt_orphans():
    """What a dead daemon has begun is ours to wait for."""
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)      # PR_SET_CHILD_SUBREAPER


def bury_orphans():
    """Waits for the programs and tracers that the daemon has left."""
    for pid in children():
        try:
            os.waitpid(pid, 0)
        except ChildProcessError:
            pass


class World:
    """One point: everything in a folder of its own."""
    patient_polls = 40           # of each feed; about one in a second

    def __init__(self, rng, ids, disk=None, certificates=None):
        self.rng = rng
        self.folder = tempfile.mkdtemp(prefix='tocsin-faults-')
        self.disk = disk or self.folder      # of the state and the spool
        self.site = Site()
        self.receiver = Receiver(certificates)
        self.mailbox = None
        self.born = time.time()
        self.told = {}           # number -> item of the feed
        self.two_polls = rng.random() < 0.3
        self.forgetful = rng.random() < 0.5  # what has rung leaves the feed
        self.flaky = 0                       # share of bad answers to polls
        self.articles = True                 # else the feed tells it all
        self.every = '1s'
        self.last_env = {}       # of the last life
        self.retry_max = '1s'
        self.exec_timeout = '5m'
        self.trouble = 'no'      # whether destinations are told of it
        self.network = {}
        self.polls = [0] * FEEDS
        self.record = Record(
            items={n: kind_of(n) != 'plain' for n in range(ITEMS)}, ids=ids)
        for n in range(FEEDS):
            self.site.routes[f'/feed/{n}'] = self.feed(n)
        for number in range(ITEMS):
            self.site.routes[f'/page/{number}'] = self.page(number)
        self.daemon = Daemon(self.folder, '')
        self.options = {}        # of the webhook `desk`
        self.out_at = 0
        self.log_at = 0
        self.hit, self.what = True, ''       # for the report
        self.calls = self.power = self.scratch = None    # of the worker

    def page(self, number):
        text = TEXT
        if kind_of(number) != 'in-article':
            text = text.replace('ceasefire', 'recess')
        return reply(200, page(f'Report {number}', text), PAGE_TYPE)

    def add_destinations(self, names):
        self.record.destinations = ('spool', 'desk', *names)
        if 'letter' in names:
            self.mailbox = Mailbox(self.receiver)
        return self

    def add_some_destinations(self):
        """None, some or all of those besides the spool and the desk."""
        return self.add_destinations(self.rng.sample(
            EXTRAS, self.rng.choice((0, 0, 1, 1, 2, len(EXTRAS)))))

    def item(self, number):
        if number not in self.told:
            self.told[number] = self.make_item(number)
        return self.told[number]

    def make_item(self, number):
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

    def destination(self, name):
        retry = {'retry-min': '10ms', 'retry-max': self.retry_max,
                 'trouble': self.trouble}
        remote = {**retry, 'timeout': '5m'}
        hook = {'type': 'webhook', 'secret': SECRET, **remote}
        return {
            'spool': lambda: {'type': 'spool', 'dir': self.path('spool'),
                              **retry},
            'desk': lambda: {**hook, 'url': self.receiver.url('desk'),
                             **self.options},
            'pager': lambda: {**hook, 'url': self.receiver.url('pager')},
            'script': lambda: {
                'type': 'exec', **remote, 'timeout': self.exec_timeout,
                'command':
                [self.shim('forward'), str(self.receiver.port)]},
            'letter': lambda: {
                'type': 'smtp', 'starttls': 'no', **remote,
                'url': f'smtp://127.0.0.1:{self.mailbox.port}',
                'from': 'tocsin@example.org', 'to': ['desk@example.org']},
            'paper': lambda: {'type': 'feed', **retry,
                              'file': self.path('paper/alerts.atom')},
            'out': lambda: {'type': 'stdout', **retry},
        }[name]()

    def config(self):
        how = 'story' if self.record.stories else 'none'
        return {
            'network': {'allow-private': ['127.0.0.0/8'], 'host-gap': '0s',
                        'articles-per-minute': 100000, **self.network},
            'feeds': {f'wire-{n}': {'url': f'{self.site.base}/feed/{n}',
                                    'every': self.every, 'backlog': '36500d',
                                    'publisher': f'house {n}',
                                    'article': 'auto' if self.articles
                                    else 'never'}
                      for n in range(FEEDS)},
            'filters': {'truce': {'match': 'ceasefire', 'group': how,
                                  'updates': 'no'}},
            'destinations': {name: self.destination(name)
                             for name in self.record.destinations},
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
        """Something that `run` has compiled."""
        return os.path.join(self.scratch, name)

    # Lives.

    def start(self, prefix=(), env=None, faulty=False, deaf=()):
        self.receiver.life = len(self.record.lives)
        self.record.lives.append(Life(faulty=faulty, deaf=frozenset(deaf)))
        self.daemon.prefix = list(prefix)
        self.daemon.env = env or {}
        self.daemon.write(self.config())
        if 'paper' in self.record.destinations:
            os.makedirs(self.path('paper'), exist_ok=True)
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
        return os.path.join(harness.BUILD, 'tocsind')

    def is_over(self):
        return self.daemon.process.poll() is not None

    def progress(self):
        """What changes while alerts are under way."""
        self.read_out()
        return len(self.receiver.attempts), len(self.spool_names())

    def wait(self, condition, seconds=None, patient_polls=None):
        """Until the condition holds or the process has ended; for so many
        seconds, or else until nothing more comes."""
        patient_polls = patient_polls or self.patient_polls
        end = time.monotonic() + (seconds or HUNG_SECONDS)
        seen, polled = self.progress(), sum(self.polls)
        while not condition():
            if self.is_over():
                return condition()
            if seconds is None and seen != self.progress():
                seen, polled = self.progress(), sum(self.polls)
                end = time.monotonic() + HUNG_SECONDS
            if (time.monotonic() > end or
                    sum(self.polls) > polled + patient_polls * FEEDS):
                return condition()
            time.sleep(0.01)
        return True

    def sleeps(self):
        """The process's time on a processor, if it waits for something."""
        try:
            with open(f'/proc/{self.daemon.process.pid}/stat',
                      encoding='ascii') as f:
                fields = f.read().rpartition(')')[2].split()
        except OSError:
            return None
        return fields[11:13] if fields[0] == 'S' else None

    def ends(self):
        """That the process ends: False when it sleeps on and on instead."""
        since, last = time.monotonic(), None
        while not self.is_over():
            now = self.sleeps()
            if now is None or now != last:
                since, last = time.monotonic(), now
            elif time.monotonic() > since + ASLEEP_SECONDS:
                return False
            time.sleep(0.01)
        return True

    def stop(self):
        """SIGTERM; that it does not end is an observation too."""
        if not self.is_over():
            self.daemon.process.send_signal(signal.SIGTERM)
        if not self.ends():
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
        if self.mailbox is not None:
            self.mailbox.drain()
        bury_orphans()
        self.read_out()
        if read:
            life.rows = self.outbox()

    def read_out(self):
        """Whole lines of standard output: what is cut short is still to come."""
        if 'out' not in self.record.destinations or self.daemon.process is None:
            return
        with open(os.path.join(self.folder, 'stdout'), 'rb') as f:
            f.seek(self.out_at)
            text = f.read()
        text = text[:text.rfind(b'\n') + 1]
        self.out_at += len(text)
        for line in text.splitlines():
            self.receiver.note('out', id_of_line(line), line)

    def clock(self):
        return Clock(self.folder, self.shim('clock.so'))

    def query(self, sql):
        """Rows of a copy: reading a database changes its files."""
        folder = tempfile.mkdtemp(dir=self.folder)
        for name in glob.glob(self.path('state/tocsin.db*')):
            if not name.endswith('-shm'):
                shutil.copy(name, folder)
        db = sqlite3.connect(os.path.join(folder, 'tocsin.db'))
        try:
            return db.execute(sql).fetchall()
        finally:
            db.close()
            shutil.rmtree(folder)

    def outbox(self):
        try:
            return [Row(*row) for row in self.query(
                'SELECT row, id, destination, state, created '
                'FROM outbox ORDER BY row')]
        except sqlite3.OperationalError as e:
            return [] if 'no such table' in str(e) else None

    def wanted(self):
        return {self.record.ids[n] for n, matches in self.record.items.items()
                if matches}

    def spool_names(self):
        try:
            return os.listdir(self.path('spool/new'))
        except OSError:
            return []

    def entries(self):
        """(id, title) of the Atom file's."""
        try:
            with open(self.path('paper/alerts.atom'), encoding='utf-8') as f:
                return re.findall(r'<entry>\n<id>urn:tocsin:(\w+)</id>\n'
                                  r'<title[^>]*>([^<]*)', f.read())
        except OSError:
            return []

    def arrived(self, destination):
        """Ids."""
        self.read_out()
        if destination == 'spool':
            return {name.split('.')[-2] for name in self.spool_names()}
        if destination == 'paper':
            return {identity for identity, _ in self.entries()}
        return self.receiver.accepted(destination)

    def all_at(self, destination):
        if self.record.stories:  # new and confirmed, each
            return len(self.arrived(destination)) >= 2 * FEEDS
        return self.arrived(destination) >= self.wanted()

    def all_spooled(self):
        return self.all_at('spool')

    def all_there(self):
        return (all(map(self.all_at, self.record.destinations)) and
                (not self.record.stories or min(self.polls) >= 2))

    def finish(self):
        """A last life without faults, until all is delivered; then the check:
        what does not hold."""
        self.flaky = 0
        self.receiver.plan = {}
        self.receiver.handshake = lambda: 'good'
        if self.mailbox is not None:
            self.mailbox.plan = lambda: {}
        self.start(env=self.last_env)
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
        record.paper = self.entries()
        record.integrity = self.integrity()
        record.moved_aside = [
            os.path.basename(p) for p in
            glob.glob(self.path('state/*corrupt*')) +
            glob.glob(self.path('state/*damaged*'))]
        if self.receiver.strays:
            record.notes.append(f'unasked for: {self.receiver.strays}')
        if len(record.lives) == 1 and self.life().status == 0:
            record.notes += self.sum_of_dispositions()
        return check(record)

    def sum_of_dispositions(self):
        m = self.daemon.metrics()
        parts = ('known', 'backlog', 'duplicate', 'no_match', 'alerted',
                 'attached', 'muted', 'held', 'limited', 'error')
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
            lines += [f'  attempt {a.at:.3f} {a.to} {a.id} {a.verdict}'
                      for a in self.record.attempts if a.life == n]
            lines.append(life.errors)
        lines += [f'{s.name} {s.mtime}' for s in self.record.spool]
        return '\n'.join(lines)

    def close(self):
        self.daemon.kill()
        bury_orphans()
        if self.mailbox is not None:
            self.mailbox.close()
        if self.daemon.notify:
            self.daemon.notify.close()
        self.site.close()
        self.receiver.close()
        shutil.rmtree(self.folder, True)


def id_of_line(line):
    found = re.search(rb'"id":"(alr_\w+)"', line)
    return found and found[1].decode()


def reference_ids(rng, build):
    """number -> id, of a life without faults of the daemon in `build`."""
    world = World(rng, {})
    world.two_polls = world.forgetful = False
    ours, harness.BUILD = harness.BUILD, build
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
        harness.BUILD = ours
        world.close()
