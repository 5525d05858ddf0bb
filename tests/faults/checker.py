"""tests/faults/checker.py: what must hold after a fault, from what was seen from
outside: the items served, what each destination took and, between two lives of
the daemon, the outbox."""
import collections
import dataclasses
import json
import re
import signal

ACCEPTED, REFUSED, UNKNOWN = 'accepted', 'refused', 'unknown'
DUE, DONE, DEAD = 0, 1, 2        # outbox.state
UNSEEN = 1 << 62                 # a row that was never seen
DEADLY = {4: 'SIGILL', 6: 'SIGABRT', 7: 'SIGBUS', 8: 'SIGFPE', 11: 'SIGSEGV'}

# One whole document that the destination `to` got.  UNKNOWN: the sender cannot
# know what became of it.
Attempt = collections.namedtuple('Attempt', 'life at to id body verdict')
# A file of the spool.
Spooled = collections.namedtuple('Spooled', 'name mtime body')
Row = collections.namedtuple('Row', 'row id destination state created')


@dataclasses.dataclass
class Life:
    """One process.  `status`: as of subprocess; None: killed by the test."""
    ready: bool = True
    status: int = None
    faulty: bool = True          # a fault was (or may have been) injected
    deaf: frozenset = frozenset()    # destinations whose answers it may miss
    rows: list = None            # of the outbox, at its end; None: unreadable
    errors: str = ''             # the end of its log
    mute: bool = False           # it may be unable to write one
    starved: bool = False        # it may run out of memory


@dataclasses.dataclass
class Record:
    items: dict                  # number -> whether it matches
    ids: dict                    # number -> id, from a run without faults
    destinations: tuple = ('spool', 'desk')
    attempts: list = dataclasses.field(default_factory=list)
    spool: list = dataclasses.field(default_factory=list)
    paper: list = dataclasses.field(default_factory=list)    # (id, title) of
    #                              the entries of the Atom file, first ones first
    lives: list = dataclasses.field(default_factory=list)
    complete: bool = True        # there was time to deliver everything
    integrity: str = 'ok'        # what SQLite says at the end
    moved_aside: list = dataclasses.field(default_factory=list)
    may_hold: bool = False       # Retry-After: undelivered, but in the outbox
    forgets: bool = False        # what was delivered leaves the outbox
    repeats: bool = False        # all that was known is lost
    may_give_up: set = dataclasses.field(default_factory=set)  # ids
    stories: dict = None         # number -> story, when items tell some
    notes: list = dataclasses.field(default_factory=list)  # of the scenario


def read(body):
    """A document; None: not a whole one."""
    try:
        document = json.loads(body)
        return document if document['data']['id'] else None
    except (ValueError, KeyError, TypeError):
        return None


def number_in(title):
    found = re.fullmatch(r'Report (\d+)', title)
    return found and int(found[1])


def number_of(body):
    """The item that a document is about; None: it is about none."""
    title = ((read(body) or {'data': {}})['data'].get('item') or {}).get('title')
    return number_in(title or '')


def trouble_of(body):
    """What the daemon says of its own trouble: type, whose, since when."""
    document = read(body)
    if document is None or 'trouble' not in document['data']:
        return None
    t = document['data']['trouble']
    return (document['type'], t.get('feed') or t.get('destination'),
            t.get('since'))


def id_of(body):
    return read(body)['data']['id']


def final_rows(record):
    return record.lives[-1].rows or [] if record.lives else []


def is_pushed(destination):
    """What it got is in `attempts`."""
    return destination not in ('spool', 'paper')


def taken(record, destination, until=None):
    """Ids of the documents that may count as delivered, up to a life."""
    if destination == 'spool':
        return {id_of(s.body) for s in record.spool
                if read(s.body) is not None}
    if destination == 'paper':
        return {identity for identity, _ in record.paper}
    return {a.id for a in record.attempts
            if a.to == destination and a.verdict != REFUSED and
            (until is None or a.life <= until)}


def arrived(record, destination):
    """Numbers of the items that are safely there."""
    if destination == 'spool':
        return {number_of(s.body) for s in record.spool}
    if destination == 'paper':
        return {number_in(title) for _, title in record.paper}
    return {number_of(a.body) for a in record.attempts
            if a.to == destination and a.verdict == ACCEPTED}


def documents(record):
    """All that left: (place, id, body)."""
    for a in record.attempts:
        yield a.to, a.id, a.body
    for s in record.spool:
        found = re.fullmatch(r'[0-9TZ.]+\.(alr_[a-z0-9]+)\.json', s.name)
        yield 'spool', found and found[1], s.body.removesuffix(b'\n')


def check_trouble(place, identity, body, bodies):
    """Each is told of in one document under one id."""
    about = trouble_of(body)
    if bodies.setdefault(about, body) != body or id_of(body) != identity:
        yield f'{place}: {about} is told of as {identity}, and otherwise'


def check_documents(record):
    """Whole, known, rightly matched, under the one id, and always the same."""
    bodies = {}
    for place, identity, body in documents(record):
        number = trouble_of(body) or number_of(body)
        if number is None:
            yield f'{place}: no whole document as {identity}: {body[:80]!r}'
        elif trouble_of(body) is not None:
            yield from check_trouble(place, identity, body, bodies)
        elif not record.items.get(number):
            yield f'{place}: item {number} must not ring'
        else:
            want = record.ids.get(number, identity)
            if identity != want or id_of(body) != want:
                yield (f'{place}: item {number} has the id {identity}, in it '
                       f'{id_of(body)}, not {want}')
            if (bodies.setdefault(number, body) != body and
                    not record.repeats):
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
    for destination in record.destinations:
        got = arrived(record, destination)
        for number, matches in sorted(record.items.items()):
            if (matches and number not in got and
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
    for place in record.destinations:
        if place == 'paper':
            continue
        for kind in sorted(want | set(ids[place])):
            found = ids[place][kind]
            if len(found) != (kind in want):
                yield f'{place}: story {kind[0]}: {kind[1]} as {found}'
            if found != ids['spool'][kind]:
                yield f'{place}: story {kind} has two ids'


def check_files_are_single(record):
    count = collections.Counter(
        ('spool', number_of(s.body), trouble_of(s.body)) for s in record.spool)
    count.update(('paper', number_in(title), number_in(title) is None and
                  identity) for identity, title in record.paper)
    for (place, number, trouble), n in count.items():
        if n > 1:
            yield f'{place}: item {trouble if number is None else number} stands there {n} times'


def places(record, destination):
    """id -> row; rows are numbered without reuse.  What is forgotten before a
    life ends, because the clock jumped, has none."""
    return {row.id: row.row for life in record.lives for row in life.rows or []
            if row.destination == destination}


def check_order_of_life(life, deaf, attempts, row_of):
    """One at a time, each until its end, in the outbox's order."""
    last, ended = None, set()
    for a in attempts:
        if a.id in ended:
            yield f'{a.to}: life {life}: {a.id} again after its end'
        if last is not None and a.id != last.id:
            ended.add(last.id)
            if row_of.get(a.id, UNSEEN) < row_of.get(last.id, 0):
                yield f'{a.to}: life {life}: {a.id} after {last.id}'
        elif last is not None and last.verdict == ACCEPTED and not deaf:
            yield f'{a.to}: life {life}: {a.id} again after it was accepted'
        last = a


def check_order_of_attempts(record, to):
    row_of = places(record, to)
    attempts = [a for a in record.attempts if a.to == to]
    for n, life in enumerate(record.lives):
        yield from check_order_of_life(
            n, to in life.deaf, [a for a in attempts if a.life == n], row_of)
    first = list(dict.fromkeys(
        a.id for a in attempts if a.verdict == ACCEPTED))
    rows = [row_of[i] for i in first if i in row_of]
    if rows != sorted(rows):
        yield f'{to}: first deliveries in the order of rows {rows}'


def check_order(record):
    for destination in filter(is_pushed, record.destinations):
        yield from check_order_of_attempts(record, destination)
    # A file that was cut short is written anew under its name.
    row_of = places(record, 'spool')
    files = sorted((s.mtime, row_of[id_of(s.body)]) for s in record.spool
                   if read(s.body) is not None and id_of(s.body) in row_of)
    rows = [row for _, row in files]
    if rows != sorted(rows):
        yield f'spool: files in the order of rows {rows}'
    row_of = places(record, 'paper')
    rows = [row_of[identity] for identity, _ in reversed(record.paper)
            if identity in row_of]
    if rows != sorted(rows):
        yield f'paper: entries in the order of rows {rows}'


def check_row(record, n, row):
    """What one life leaves on disk of an alert."""
    if row.state == DONE and row.id not in taken(record, row.destination, n):
        yield f'{row.destination}: life {n}: {row.id} counts as delivered'
    if row.state == DEAD and row.id not in record.may_give_up:
        yield f'{row.destination}: life {n}: {row.id} is given up'
    if row.state != DUE and any(
            a.id == row.id and a.to == row.destination and a.life > n
            for a in record.attempts):
        yield (f'{row.destination}: {row.id} again after it had ended in '
               f'life {n}')


def check_noted(record, n, destination):
    """A life that ended well noted all that was accepted; but the end may come
    while the last answer is on its way."""
    until = [a for a in record.attempts
             if a.life <= n and a.to == destination]
    accepted = {a.id for a in until if a.verdict == ACCEPTED and
                a.id != until[-1].id}
    for row in record.lives[n].rows:
        if (row.destination == destination and row.id in accepted and
                row.state == DUE):
            yield f'{destination}: life {n}: {row.id} is not noted'


def check_outbox(record):
    """What a life leaves on disk is true, and binds the lives after it."""
    for n, life in enumerate(record.lives):
        if life.rows is None:
            continue
        for row in life.rows:
            yield from check_row(record, n, row)
        if life.status == 0 and not life.faulty:
            for destination in filter(is_pushed, record.destinations):
                yield from check_noted(record, n, destination)
        known = {(row.destination, row.id) for row in life.rows}
        for a in record.attempts:
            if (a.life <= n and (a.to, a.id) not in known and
                    not record.forgets):
                yield f'{a.to}: {a.id} was sent, and is not in the outbox'


def check_lives(record):
    for n, life in enumerate(record.lives):
        if life.status is None or life.status == 0:
            continue
        if life.starved and 'out of memory' in life.errors:
            continue
        if -life.status in DEADLY:
            yield f'life {n} died of {DEADLY[-life.status]}: {life.errors}'
        elif life.status == -signal.SIGTERM and not life.ready:
            pass                 # stopped before it had begun
        elif life.ready or not life.faulty:
            yield f'life {n} ended with {life.status}: {life.errors}'
        elif not life.errors.strip() and not life.mute:
            yield f'life {n} ended with {life.status} and said nothing'
    if record.integrity != 'ok':
        yield f'the database is damaged: {record.integrity}'
    for name in record.moved_aside:
        yield f'a database that was sound is now {name}'


def check(record):
    """All that does not hold, as sentences."""
    problems = list(record.notes)
    rules = [check_lives] if record.repeats else [
        check_order, check_outbox, check_lives]
    if record.stories is None:
        rules += [check_documents, check_lost]
        if not record.repeats:
            rules.append(check_files_are_single)
    else:
        rules.append(check_stories)
    for rule in rules:
        problems.extend(rule(record))
    return problems
