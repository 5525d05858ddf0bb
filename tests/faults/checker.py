"""tests/faults/checker.py: what must hold after a fault, from what was seen from
outside: the items served, the requests that the receiver took, the spool's
files and, between two lives of the daemon, the outbox."""
import collections
import dataclasses
import json
import re
import signal

ACCEPTED, REFUSED, UNKNOWN = 'accepted', 'refused', 'unknown'
DUE, DONE, DEAD = 0, 1, 2        # outbox.state
DEADLY = {4: 'SIGILL', 6: 'SIGABRT', 7: 'SIGBUS', 8: 'SIGFPE', 11: 'SIGSEGV'}

# One request with a whole body.  UNKNOWN: the sender cannot know what became of
# it.
Attempt = collections.namedtuple('Attempt', 'life at id body verdict')
Spooled = collections.namedtuple('Spooled', 'name mtime body')
Row = collections.namedtuple('Row', 'row id destination state created')


@dataclasses.dataclass
class Life:
    """One process.  `status`: as of subprocess; None: killed by the test."""
    ready: bool = True
    status: int = None
    faulty: bool = True          # a fault was (or may have been) injected
    deaf: bool = False           # it may have missed answers
    rows: list = None            # of the outbox, at its end; None: unreadable
    errors: str = ''             # the end of its log


@dataclasses.dataclass
class Record:
    items: dict                  # number -> whether it matches
    ids: dict                    # number -> id, from a run without faults
    attempts: list = dataclasses.field(default_factory=list)
    spool: list = dataclasses.field(default_factory=list)
    lives: list = dataclasses.field(default_factory=list)
    complete: bool = True        # there was time to deliver everything
    integrity: str = 'ok'        # what SQLite says at the end
    moved_aside: list = dataclasses.field(default_factory=list)
    may_hold: bool = False       # Retry-After: undelivered, but in the outbox
    forgets: bool = False        # what was delivered leaves the outbox
    may_give_up: set = dataclasses.field(default_factory=set)  # ids
    stories: dict = None         # number -> story, when items tell some
    notes: list = dataclasses.field(default_factory=list)  # of the scenario


def number_of(body):
    """The item that a document is about; None: no whole document."""
    try:
        title = json.loads(body)['data']['item']['title']
        return int(re.fullmatch(r'Report (\d+)', title)[1])
    except (ValueError, KeyError, TypeError):
        return None


def id_of(body):
    return json.loads(body)['data']['id']


def final_rows(record):
    return record.lives[-1].rows or [] if record.lives else []


def documents(record):
    """All that left: (place, id, body)."""
    for a in record.attempts:
        yield 'webhook', a.id, a.body
    for s in record.spool:
        found = re.fullmatch(r'[0-9TZ.]+\.(alr_[a-z0-9]+)\.json', s.name)
        yield 'spool', found and found[1], s.body.removesuffix(b'\n')


def check_documents(record):
    """Whole, known, rightly matched, under the one id, and always the same."""
    bodies = {}
    for place, identity, body in documents(record):
        number = number_of(body)
        if number is None:
            yield f'{place}: no whole document as {identity}: {body[:80]!r}'
        elif not record.items.get(number):
            yield f'{place}: item {number} must not ring'
        else:
            want = record.ids.get(number, identity)
            if identity != want or id_of(body) != want:
                yield (f'{place}: item {number} has the id {identity}, in it '
                       f'{id_of(body)}, not {want}')
            if bodies.setdefault(number, body) != body:
                yield f'{place}: item {number} has another document'
    for s in record.spool:
        if not s.body.endswith(b'\n'):
            yield f'spool: {s.name} does not end'


def excused(record, number, destination):
    for row in final_rows(record):
        if row.id == record.ids.get(number) and row.destination == destination:
            return (record.may_hold and row.state == DUE or
                    row.id in record.may_give_up and row.state == DEAD)
    return False


def check_lost(record):
    if not record.complete:
        return
    got = {'desk': {number_of(a.body) for a in record.attempts
                    if a.verdict == ACCEPTED},
           'spool': {number_of(s.body) for s in record.spool}}
    for number, matches in sorted(record.items.items()):
        for destination in got:
            if (matches and number not in got[destination] and
                    not excused(record, number, destination)):
                yield f'{destination}: item {number} is lost'


def check_stories(record):
    """Each story rings once and is confirmed once, with the same document
    everywhere, whichever item was the first."""
    ids = collections.defaultdict(lambda: collections.defaultdict(set))
    bodies = {}
    for place, identity, body in documents(record):
        number = number_of(body)
        if number not in record.stories:
            yield f'{place}: no whole document as {identity}: {body[:80]!r}'
            continue
        kind = (record.stories[number], json.loads(body)['type'])
        ids[place][kind].add(identity)
        if bodies.setdefault(identity, body) != body:
            yield f'{place}: {identity} has another document'
    want = {(story, kind) for story in record.stories.values()
            for kind in ('alert.new', 'alert.confirmed')}
    for place in ('webhook', 'spool'):
        for kind in sorted(want | set(ids[place])):
            found = ids[place][kind]
            if len(found) != (kind in want):
                yield f'{place}: story {kind[0]}: {kind[1]} as {found}'
    for kind in want:
        if ids['webhook'][kind] != ids['spool'][kind]:
            yield f'story {kind} has two ids'


def check_spool_is_single(record):
    count = collections.Counter(number_of(s.body) for s in record.spool)
    for number, n in count.items():
        if n > 1:
            yield f'spool: item {number} stands there {n} times'


def places(record, destination):
    """id -> row; rows are numbered without reuse and never forgotten so soon."""
    return {row.id: row.row for life in record.lives for row in life.rows or []
            if row.destination == destination}


def check_order_of_life(life, deaf, attempts, row_of):
    """One at a time, each until its end, in the outbox's order."""
    last, ended = None, set()
    for a in attempts:
        if a.id in ended:
            yield f'webhook: life {life}: {a.id} again after its end'
        if last is not None and a.id != last.id:
            ended.add(last.id)
            if row_of.get(a.id, 0) < row_of.get(last.id, 0):
                yield f'webhook: life {life}: {a.id} after {last.id}'
        elif last is not None and last.verdict == ACCEPTED and not deaf:
            yield f'webhook: life {life}: {a.id} again after it was accepted'
        last = a


def check_order(record):
    row_of = places(record, 'desk')
    for n, life in enumerate(record.lives):
        yield from check_order_of_life(
            n, life.deaf, [a for a in record.attempts if a.life == n], row_of)
    first = list(dict.fromkeys(
        a.id for a in record.attempts if a.verdict == ACCEPTED))
    rows = [row_of[i] for i in first if i in row_of]
    if rows != sorted(rows):
        yield f'webhook: first deliveries in the order of rows {rows}'
    # A file that was cut short is written anew under its name.
    row_of = places(record, 'spool')
    files = sorted((s.mtime, row_of.get(id_of(s.body), 0))
                   for s in record.spool if number_of(s.body) is not None)
    rows = [row for _, row in files]
    if rows != sorted(rows):
        yield f'spool: files in the order of rows {rows}'


def check_outbox(record):
    """What a life leaves on disk is true, and binds the lives after it."""
    spooled = {id_of(s.body) for s in record.spool
               if number_of(s.body) is not None}
    for n, life in enumerate(record.lives):
        if life.rows is None:
            continue
        until = [a for a in record.attempts if a.life <= n]
        took = {a.id for a in until if a.verdict != REFUSED}
        later = {a.id for a in record.attempts if a.life > n}
        for row in life.rows:
            there = spooled if row.destination == 'spool' else took
            if row.state == DONE and row.id not in there:
                yield (f'{row.destination}: life {n}: {row.id} counts as '
                       f'delivered')
            if row.state == DEAD and row.id not in record.may_give_up:
                yield f'{row.destination}: life {n}: {row.id} is given up'
            if (row.destination == 'desk' and row.state != DUE and
                    row.id in later):
                yield (f'webhook: {row.id} again after it had ended in '
                       f'life {n}')
        # The end may come while the last answer is on its way.
        accepted = {a.id for a in until if a.verdict == ACCEPTED and
                    a.id != until[-1].id}
        if life.status == 0 and not life.faulty:
            for row in life.rows:
                if (row.destination == 'desk' and row.id in accepted and
                        row.state == DUE):
                    yield f'webhook: life {n}: {row.id} is not noted'
        known = {row.id for row in life.rows}
        for a in until:
            if a.id not in known and not record.forgets:
                yield f'webhook: {a.id} was sent, and is not in the outbox'


def check_lives(record):
    for n, life in enumerate(record.lives):
        if life.status is None or life.status == 0:
            continue
        if -life.status in DEADLY:
            yield f'life {n} died of {DEADLY[-life.status]}: {life.errors}'
        elif life.status == -signal.SIGTERM and not life.ready:
            pass                 # stopped before it had begun
        elif life.ready or not life.faulty:
            yield f'life {n} ended with {life.status}: {life.errors}'
        elif not life.errors.strip():
            yield f'life {n} ended with {life.status} and said nothing'
    if record.integrity != 'ok':
        yield f'the database is damaged: {record.integrity}'
    for name in record.moved_aside:
        yield f'a database that was sound is now {name}'


def check(record):
    """All that does not hold, as sentences."""
    problems = list(record.notes)
    rules = [check_order, check_outbox, check_lives]
    if record.stories is None:
        rules += [check_documents, check_lost, check_spool_is_single]
    else:
        rules.append(check_stories)
    for rule in rules:
        problems.extend(rule(record))
    return problems
