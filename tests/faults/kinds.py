"""tests/faults/kinds.py: the kinds of faults.  A kind is a function of a World
and the point's number: it makes the daemon live through one fault, lets it
recover and returns what does not hold."""
import email.utils
import fcntl
import os
import shutil
import signal
import struct
import subprocess
import time

from checker import trouble_of
from receiver import BROKEN, HANDSHAKES, ODD, OK, SILENT, Answer
from world import wait_until

DAY_MS = 24 * 3600 * 1000
STATUSES = [s for s in range(100, 600) if s != 410]
BATCH = 15                       # one for each alert
REMOTE = ('desk', 'pager', 'script', 'letter')
# What a mail server says instead of what is usual; None: it hangs up.
MAIL_TROUBLE = (
    {'greeting': None}, {'greeting': '421 too busy'}, {'EHLO': '500 what?'},
    {'MAIL': '451 not now'}, {'MAIL': None}, {'RCPT': '450 greylisted'},
    {'DATA': '451 not now'}, {'DATA': None}, {'message': '452 full'},
    {'message': None}, {'QUIT': None})


def tracer(path, calls, action):
    """A command that runs another one and injects; the traced process stays
    our child."""
    return ['strace', '-f', '-D', '-qq', '-o', path, '-e', f'trace={calls}',
            '-e', 'signal=none', '-e', f'inject={calls}:{action}']


def random_answer(rng):
    if rng.random() < 0.5:
        return Answer(rng.choice(STATUSES[100:]))
    return Answer(200, how=rng.choice(BROKEN[:-1] + ODD))


def sometimes(rng, share, times, bad, good):
    """A function that returns bad() for a share of its calls, so many at most,
    else good."""
    left = [times]

    def choose(*_):
        if left[0] > 0 and rng.random() < share:
            left[0] -= 1
            return bad()
        return good
    return choose


def fail_some(world, share, times):
    """Each receiver fails a share of its requests, so many at most."""
    rng = world.rng
    for to in ('desk', 'pager', 'script'):
        world.receiver.plan[to] = sometimes(
            rng, share, times, lambda: random_answer(rng), OK)
    if world.mailbox is not None:
        world.mailbox.plan = sometimes(
            rng, share, times, lambda: rng.choice(MAIL_TROUBLE), {})


# The receiver.

def in_turn(world, answers):
    """Each alert gets its own failure first, then OK."""
    pending = list(answers)
    given = {}

    def decide(identity):
        if identity not in given and pending:
            given[identity] = list(pending.pop(0))
        queue = given.get(identity)
        return queue.pop(0) if queue else OK
    world.receiver.plan['desk'] = decide


def live_to_the_end(world, **options):
    world.start(**options)
    world.wait(world.all_there)
    world.stop()
    return world.verify()


def headers_for(world, status):
    """What usually comes along with it, and leads astray whoever follows it."""
    elsewhere = world.rng.choice((
        world.receiver.url('desk/elsewhere'), '/desk/elsewhere', '//', '',
        'file:///etc/passwd'))
    return {
        3: [('Location', elsewhere)] if world.rng.random() < 0.7 else [],
        4: {401: [('WWW-Authenticate', 'Basic realm="desk"')],
            407: [('Proxy-Authenticate', 'Basic realm="desk"')],
            429: [('Retry-After', '0')], 426: [('Upgrade', 'h2c')]}.get(
                status, []),
        5: [('Retry-After', '0')] if world.rng.random() < 0.2 else [],
    }.get(status // 100, [])


def statuses(world, number):
    """Every status there is, fifteen to a point."""
    begin = number * BATCH % len(STATUSES)
    in_turn(world, [[Answer(s, headers_for(world, s))]
                    for s in STATUSES[begin:begin + BATCH]])
    return live_to_the_end(world)


def broken_answers(world, number):
    """Two ways to each alert, all of them in two points."""
    ways = [w for w in BROKEN + ODD if w != 'reset-unread']
    begin = number * BATCH % len(ways)
    first = (ways + ways)[begin:begin + BATCH]
    # A 204 has no body, and what its head says of one is not looked at.
    in_turn(world, [[Answer(world.rng.choice((200, 204 if w in ODD else 200, 503)),
                            how=w),
                     Answer(200, how=world.rng.choice(ways))] for w in first])
    return live_to_the_end(world)


def reset_unread(world, _number):
    in_turn(world, [[Answer(how='reset-unread')] * 3] * BATCH)
    return live_to_the_end(world)


def silence(world, _number):
    world.options['timeout'] = '1s'
    in_turn(world, [[SILENT], [OK], [SILENT]])
    return live_to_the_end(world, deaf=('desk',))


def one_fails(world, _number):
    """Of several destinations one takes nothing; the others do not wait."""
    rng = world.rng
    world.add_destinations(rng.sample(('pager', 'script', 'letter', 'paper',
                                       'out'), 5))
    bad = rng.choice(REMOTE)
    world.what = f'{bad} fails'
    answers = [Answer(rng.choice(STATUSES)), Answer(how=rng.choice(BROKEN[:-1])),
               Answer(410), SILENT]
    answer = rng.choice(answers)
    world.receiver.plan[bad] = lambda identity: answer
    if bad == 'letter':
        trouble = rng.choice([t for t in MAIL_TROUBLE if 'QUIT' not in t and
                              'EHLO' not in t])
        world.mailbox.plan = lambda: trouble
    if answer.verdict() == 'accepted':
        world.receiver.plan = {}
    world.start()
    others = [d for d in world.record.destinations if d != bad]
    world.wait(lambda: all(map(world.all_at, others)))
    world.record.notes += [f'{d} waits for {bad}' for d in others
                           if not world.all_at(d)]
    if rng.random() < 0.5:
        world.kill()
    else:
        world.stop()
    return world.finish()


def retry_after(world, _number):
    """No wait that was asked for is cut short."""
    asked = {}                   # id -> time.time() before which none may come
    early = []
    forms = ['1', '0', '-1', '1.5', 'soon', '', '1, 1', '9' * 40 + 'x', 'date',
             'past', '1']
    world.rng.shuffle(forms)

    def decide(identity):
        now = time.time()
        if identity in asked:
            if now < asked[identity] - 0.02:
                early.append(f'{identity}: Retry-After cut short by '
                             f'{asked[identity] - now:.3f} s')
            return OK
        if not forms:
            return OK
        form = forms.pop()
        asked[identity] = now + (form == '1')
        if form in ('date', 'past'):
            when = int(now) + (2 if form == 'date' else -1000)
            asked[identity] = when
            form = email.utils.formatdate(when, usegmt=True)
        return Answer(world.rng.choice((429, 503)), [('Retry-After', form)])
    world.receiver.plan['desk'] = decide
    problems = live_to_the_end(world)
    return problems + early


def long_wait(world, _number):
    """A Retry-After of days outlives a restart; the spool does not wait."""
    seconds = world.rng.choice((86400, 6 * 86400, 10 ** 15))
    begun = time.time()
    world.receiver.plan['desk'] = lambda identity: Answer(
        503, [('Retry-After', str(seconds))])
    world.start()
    world.wait(lambda: world.receiver.attempts and world.all_spooled())
    world.stop()
    before = len(world.receiver.attempts)
    world.two_polls, seen = False, sum(world.polls)
    world.start()
    world.wait(lambda: sum(world.polls) >= seen + 3)
    world.stop()
    world.record.may_hold = True
    problems = world.verify()
    if len(world.receiver.attempts) != before:
        problems.append('a Retry-After of days did not outlive a restart')
    until = world.query("SELECT next FROM outage WHERE destination='desk'")[0][0]
    most = min(seconds * 1000, 7 * DAY_MS)
    if not begun * 1000 + most <= until + 1 <= time.time() * 1000 + most + 1:
        problems.append(f'until {until} instead of for {most} ms')
    return problems


def gone(world, _number):
    """410 stops the destination until the next reload."""
    stopped = []

    def decide(_identity):
        if not stopped:
            stopped.append(1)
            return Answer(410)
        return OK
    world.receiver.plan['desk'] = decide
    world.start()
    world.wait(lambda: 'destination stopped' in world.log() and
               world.all_spooled())
    attempts = len(world.receiver.attempts)
    if attempts != 1:
        world.record.notes.append(f'{attempts} attempts in spite of 410')
    world.daemon.process.send_signal(signal.SIGHUP)
    world.wait(world.all_there)
    world.stop()
    return world.verify()


def giving_up(world, _number):
    """Alerts that are refused for longer than give-up end; others do not."""
    world.options.update({'give-up': '1s', 'retry-max': '1s'})
    chosen = set(world.rng.sample(sorted(world.wanted()), 2))
    world.record.may_give_up = chosen
    world.receiver.plan['desk'] = lambda identity: (
        Answer(500) if identity in chosen else OK)
    world.start()
    world.wait(lambda: world.log().count('alert given up') >= 2 and
               world.receiver.accepted() >= world.wanted() - chosen and
               world.all_spooled())
    world.stop()
    if world.rng.random() < 0.5:
        return world.finish()
    return world.verify()


# TLS.

def encrypted(world, number):
    """Handshakes that fail, a certificate that the clock calls expired."""
    rng = world.rng
    shift = world.clock()
    world.last_env = {
        **shift.env, 'TRUSTED': world.receiver.certificates.trusted,
        'LD_PRELOAD': world.shim('trust.so') + ':' + world.shim('clock.so')}
    plan = [HANDSHAKES[(number + n) % len(HANDSHAKES)] for n in range(6)]
    world.receiver.handshake = lambda: plan.pop() if plan else 'good'
    world.receiver.plan['desk'] = sometimes(
        rng, 0.5, 20, lambda: random_answer(rng), OK)
    if number % 3 == 0:
        shift.shift(10 * DAY_MS)
    world.start(env=world.last_env)
    if number % 3 == 0:
        plan.clear()
        world.wait(lambda: 'delivery failed' in world.log() and
                   world.all_spooled())
        if world.receiver.attempts:
            world.record.notes.append('sent to an expired certificate')
        shift.shift(0)
    world.wait(world.all_there)
    world.stop()
    world.record.forgets = False
    return world.verify()


OTHERS = (broken_answers, retry_after, giving_up, one_fails, gone,
          broken_answers, encrypted, one_fails, silence, long_wait,
          reset_unread, encrypted)


def way_of(number):
    """(function, its own number)"""
    half = number // 2
    if number % 2 == 0:
        return statuses, half
    return OTHERS[half % len(OTHERS)], half // len(OTHERS) * 3 + half % 3


def is_encrypted(kind, number):
    return kind == 'receiver' and way_of(number)[0] is encrypted


def receiver(world, number):
    way, its_number = way_of(number)
    return way(world, its_number)


# Ends of the process.

def kill(world, _number):
    """kill -9 at random instants."""
    rng = world.rng
    if not world.record.stories:
        world.add_some_destinations()
    world.flaky = 0.2 if rng.random() < 0.2 else 0
    fail_some(world, rng.choice((0, 0.3, 0.6)), 20)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        world.start(faulty=True)
        time.sleep(rng.uniform(0.0, 0.5) * rng.uniform(0.2, 1))
        world.kill()
    return world.finish()


def counts_of_calls(world):
    """name -> (first, last) number of the calls of a life without faults that
    are not the program loader's."""
    path = os.path.join(world.folder, 'counts')

    def count(*command):
        subprocess.run(['strace', '-f', '-c', '-o', path, *command],
                       check=True, capture_output=True, cwd=world.folder,
                       stdin=subprocess.DEVNULL, timeout=60)
        return read_counts(path)
    base = count(world.daemon_program(), '--version')
    world.start(prefix=['strace', '-f', '-D', '-c', '-o', path])
    world.wait(world.all_there)
    world.stop()
    wait_until(lambda: 'total' in open_text(path), 10, 'counts of strace')
    return {name: (base.get(name, 0) + 1, n)
            for name, n in read_counts(path).items() if n > base.get(name, 0)}


def open_text(path):
    with open(path, encoding='utf-8', errors='replace') as f:
        return f.read()


def read_counts(path):
    with open(path, encoding='ascii') as f:
        rows = [line.split() for line in f]
    return {row[-1]: int(row[3]) for row in rows
            if len(row) >= 5 and row[3].isdigit() and row[-1] != 'total'}


KILL_AT = ('pwrite64', 'write', 'fdatasync', 'fsync', 'renameat', 'openat',
           'rename', 'clone3', 'pipe2', 'waitid',
           'unlink', 'unlinkat', 'ftruncate', 'mkdirat', 'sendto', 'recvfrom',
           'close', 'fcntl', 'connect', 'faccessat2', 'epoll_wait', 'pread64')


def any_call(world, number, names):
    """(name, which): all the names in turn, each of its calls as likely."""
    name = names[number % len(names)]
    first, last = world.calls.get(name, (1, BATCH))
    return name, world.rng.randint(first, max(first, last))


def was_injected(path):
    return 'INJECTED' in open_text(path)


def syscall(world, number):
    """kill -9 in front of the n-th call of its kind."""
    name, which = any_call(world, number, KILL_AT)
    if not world.record.stories:
        world.add_some_destinations()
    fail_some(world, world.rng.choice((0, 0.3)), 10)
    world.start(prefix=tracer('/dev/null', name, f'signal=KILL:when={which}'),
                faulty=True, deaf=('script',))
    world.wait(world.all_there)
    world.hit = world.is_over()
    world.kill()
    world.what = f'{name} {which}'
    return world.finish()


def story(world, number):
    """The same for what is known of stories."""
    world.tell_stories()
    if number % 2:
        return kill(world, number)
    return syscall(world, number // 2)


ERRORS = {
    'pwrite64': ('EIO', 'ENOSPC', 'EROFS', 'EDQUOT'),
    'write': ('EIO', 'ENOSPC', 'EDQUOT'),
    'fdatasync': ('EIO', 'ENOSPC', 'EROFS'),
    'fsync': ('EIO', 'ENOSPC', 'EROFS', 'EDQUOT'),
    'rename': ('EIO', 'ENOSPC', 'EROFS', 'EACCES'),
    'clone3': ('EAGAIN', 'ENOMEM'),
    'pipe2': ('EMFILE', 'ENFILE'),
    'renameat': ('EIO', 'ENOSPC', 'EROFS', 'EACCES'),
    'openat': ('EIO', 'ENOSPC', 'EROFS', 'EACCES', 'EMFILE', 'ENFILE'),
    'unlink': ('EIO', 'EROFS'),
    'unlinkat': ('EIO', 'EROFS'),
    'mkdirat': ('EIO', 'ENOSPC', 'EROFS'),
    'ftruncate': ('EIO', 'ENOSPC', 'EROFS'),
    'pread64': ('EIO',),
    'read': ('EIO',),
    'newfstatat': ('EIO',),
    'faccessat2': ('EIO',),
    'fcntl': ('ENOLCK', 'EIO'),
    'flock': ('ENOLCK',),
    'close': ('EIO',),
    'socket': ('EMFILE', 'ENFILE', 'ENOBUFS'),
    'connect': ('ECONNREFUSED', 'ENETUNREACH', 'EADDRNOTAVAIL'),
    'sendto': ('ECONNRESET', 'EPIPE', 'ENOBUFS'),
    'recvfrom': ('ECONNRESET', 'ETIMEDOUT'),
    'epoll_wait': ('EINTR',),
}
NETWORK = ('socket', 'connect', 'sendto', 'recvfrom', 'read', 'close', 'openat',
           'fcntl')
PAIRS = [(name, error) for name, errors in ERRORS.items() for error in errors]


def error(world, number):
    """The n-th call of its kind fails once, a few times, or from then on."""
    name, code = PAIRS[number % len(PAIRS)]
    _, which = any_call(world, 0, [name])
    until = world.rng.choice(('', f'..{which + 3}', '+'))
    if code == 'EINTR' and until == '+':
        until = ''               # always interrupted, nothing can go on
    world.articles = name not in NETWORK
    if name == 'close':          # strace leaves open what it fails to close,
        world.exec_timeout = '1s'    # and then no program's input ends
    world.add_some_destinations()
    path = os.path.join(world.folder, 'trace')
    world.start(prefix=tracer(path, name,
                              f'error={code}:when={which}{until}'),
                faulty=True, deaf=REMOTE if name in NETWORK else ('script',))
    world.life().mute = name == 'write'
    world.what = f'{name} {code} {which}{until}'
    if until == '+':             # it never gets better: a while is enough
        world.wait(world.all_there, 1.2)
    else:
        world.wait(world.all_there)
        if not world.is_over() and not world.all_there():
            world.record.notes.append(
                f'no recovery without a restart:\n{world.log()[-1500:]}')
    if name in ('read', 'write'):    # a signal's pipe, which never fails
        world.kill()
    else:
        world.stop()
    world.hit = was_injected(path)
    return world.finish()


# The power.

SHUTDOWN = 0x8004587D            # EXT4_IOC_SHUTDOWN
NOLOGFLUSH = 2


class Disk:
    """A small ext4 whose power can be cut."""

    def __init__(self, folder):
        self.image = os.path.join(folder, 'disk')
        self.path = os.path.join(folder, 'mounted')
        os.mkdir(self.path)
        subprocess.run(['truncate', '-s', '24M', self.image], check=True)
        subprocess.run(['mkfs.ext4', '-q', '-F', self.image], check=True)
        self.mount()

    def mount(self):
        subprocess.run(['mount', '-o', 'loop', self.image, self.path],
                       check=True)

    def unmount(self):
        subprocess.run(['umount', self.path], check=True)

    def cut(self):
        fd = os.open(self.path, os.O_RDONLY)
        fcntl.ioctl(fd, SHUTDOWN, struct.pack('I', NOLOGFLUSH))
        os.close(fd)

    def clear(self):
        for name in ('state', 'spool', 'paper'):
            shutil.rmtree(os.path.join(self.path, name), True)
        fd = os.open(self.path, os.O_RDONLY)
        os.fsync(fd)             # or the next cut would undo it
        os.close(fd)


def why_no_disk():
    """Why there can be no power cuts here; '': there can."""
    if os.geteuid() != 0:
        return 'not root, which the loop device of a power cut needs'
    for program in ('mkfs.ext4', 'mount', 'umount', 'losetup'):
        if shutil.which(program, path=os.environ['PATH'] + ':/usr/sbin:/sbin'
                        ) is None:
            return f'no {program}'
    found = subprocess.run(['losetup', '-f'], capture_output=True, check=False)
    return '' if found.returncode == 0 else 'no loop device is free'


def power(world, number, lie=None):
    """The power goes at the n-th sync or rename, or at a random instant."""
    rng, disk = world.rng, world.power
    world.add_some_destinations()
    fail_some(world, rng.choice((0, 0.3)), 10)
    at = rng.randint(1, 110) if number % 4 != 3 else 0
    env = {'LD_PRELOAD': world.shim('power.so'), 'POWER_AT': str(at),
           'POWER_DIR': disk.path}
    if lie:
        env['POWER_LIE'] = lie
    world.start(env=env, faulty=True)
    if at:
        world.wait(world.all_there)
    else:
        time.sleep(rng.uniform(0.05, 0.6))
    world.hit = world.is_over()
    if not world.is_over():
        world.daemon.process.send_signal(signal.SIGSTOP)
        disk.cut()
    world.daemon.kill()
    world.note_end(read=False)
    disk.unmount()
    disk.mount()
    world.life().rows = world.outbox()
    world.what = f'at {at}' if at else 'at any time'
    return world.finish()


# A disk in trouble for as long as a process lives.

class SmallDisk:
    """A file system of two megabytes that can be filled and made read-only."""

    def __init__(self, folder):
        self.path = os.path.join(folder, 'small')
        os.mkdir(self.path)
        self.mount('size=2m')

    def mount(self, options):
        subprocess.run(['mount', '-t', 'tmpfs', '-o', options, 'small',
                        self.path], check=True)

    def fill(self, but):
        """Leaves so many bytes."""
        stat = os.statvfs(self.path)
        try:
            with open(os.path.join(self.path, 'ballast'), 'wb', 0) as f:
                f.write(bytes(max(0, stat.f_bavail * stat.f_bsize - but)))
        except OSError:
            pass                 # the daemon writes, too

    def empty(self):
        os.unlink(os.path.join(self.path, 'ballast'))

    def unmount(self):
        subprocess.run(['umount', '-l', self.path], check=True)


def some_polls(world, count):
    """Until the daemon has polled so often, or ended, or for a while: it does
    not poll what it could not store."""
    begin = sum(world.polls)
    world.wait(lambda: sum(world.polls) >= begin + count, 4)


def full(world, small):
    """From the start, or from some moment on; then there is room again."""
    if world.rng.random() < 0.5:
        small.fill(world.rng.choice((0, 4096, 1 << 16, 1 << 18, 1 << 19)))
        world.start(faulty=True)
    else:
        world.start(faulty=True)
        time.sleep(world.rng.uniform(0, 0.3))
        small.fill(world.rng.choice((0, 4096, 1 << 15)))
    some_polls(world, 9)
    small.empty()
    if world.is_over():
        world.note_end()
    else:
        world.wait(world.all_there)
        if not world.is_over() and not world.all_there():
            world.record.notes.append(
                f'no recovery though there is room:\n{world.log()[-1500:]}')
        world.stop()


def read_only(world, small):
    """A start that has to be refused, with all that an earlier life left."""
    if world.rng.random() < 0.7:
        world.start(faulty=True)
        time.sleep(world.rng.uniform(0.05, 0.3))
        world.kill()
    small.mount('remount,ro')
    world.start(faulty=True)
    some_polls(world, 9)
    if not world.is_over():
        world.record.notes.append('a state that is read-only is no hindrance')
    world.stop()
    small.mount('remount,rw')


def removed(world, _small):
    """The state goes away under the daemon: what it knew is lost, no alert."""
    world.record.forgets = world.record.repeats = True
    world.receiver.plan['desk'] = lambda identity: Answer(503)
    world.start(faulty=True)
    time.sleep(world.rng.uniform(0.05, 0.4))
    shutil.rmtree(world.path('state'), True)
    some_polls(world, 9)
    world.stop()


def disk(world, number):
    """What can happen to the disk under state and spool at once."""
    how = (full, full, read_only, removed)[number % 4]
    small = SmallDisk(world.folder)
    world.disk, world.what = small.path, how.__name__
    world.add_some_destinations()
    os.mkdir(world.path('paper'))
    try:
        how(world, small)
        return world.finish()
    finally:
        world.daemon.kill()
        small.unmount()


# Memory.

def memory(world, _number):
    """So little memory that some allocation fails; that may be the end, in so
    many words."""
    size = world.rng.randint(62 << 20, 84 << 20)
    world.add_some_destinations()
    world.what = f'{size} bytes'
    world.start(prefix=['prlimit', f'--as={size}'], faulty=True,
                deaf=world.record.destinations)
    world.life().starved = True
    world.wait(world.all_there, 4)
    world.hit = world.is_over()
    world.kill()
    return world.finish()


# The clock.

JUMPS = (DAY_MS, -DAY_MS, 365 * DAY_MS, -365 * DAY_MS, 3600 * 1000,
         -3600 * 1000, 3 * DAY_MS + 1, -1500, 1500)


def clock(world, number):
    """The wall clock jumps while the daemon runs, while alerts wait."""
    rng, jump = world.rng, JUMPS[number % len(JUMPS)]
    shift = world.clock()
    env = shift.env
    begun = time.monotonic()
    # By a year: what was delivered before is long forgotten.
    world.record.forgets = abs(jump) > 30 * DAY_MS
    away = rng.random() < 0.7
    world.receiver.plan['desk'] = lambda identity: (
        Answer(503) if away else OK)
    restart = rng.choice(('no', 'before', 'after'))
    world.start(env=env)
    time.sleep(rng.uniform(0, 0.5))
    if restart == 'before':      # the jump is between two lives
        world.stop()
    shift.shift(jump)
    if restart == 'before':
        world.start(env=env)
    time.sleep(rng.uniform(0.1, 0.4))
    if restart == 'after':
        world.stop()
        world.start(env=env)
    if rng.random() < 0.3:
        shift.shift(0)         # and back
    away = False
    world.wait(world.all_there)
    world.stop()
    world.what = f'{jump} ms, restart: {restart}'
    problems = world.verify()
    seconds = time.monotonic() - begun
    lives = len(world.record.lives)
    if max(world.polls) > seconds + 2 * lives + 2:
        problems.append(f'a storm of polls: {world.polls} in {seconds:.1f} s')
    return problems


# A day's outage.

def serve_by_and_by(world, shift):
    """The items come over the whole day."""
    everything = world.shown

    def shown(which):
        numbers = everything(which)
        share = shift.leapt_ms() / DAY_MS
        return [n for n in numbers if n <= share * len(world.record.items)]
    world.shown = shown


def be_away(world, how):
    """Nobody takes anything; returns what ends that."""
    answers = {'status': lambda: Answer(world.rng.choice((500, 502, 503, 504))),
               'reset': lambda: Answer(how='reset'),
               'any': lambda: random_answer_but_2xx(world.rng)}
    if how == 'nobody':
        world.receiver.refuse_connections()
        return world.receiver.accept_connections
    for to in ('desk', 'script'):
        world.receiver.plan[to] = lambda identity: answers[how]()
    return world.receiver.plan.clear


def random_answer_but_2xx(rng):
    answer = random_answer(rng)
    return answer if answer.verdict() == 'refused' else Answer(503)


def outage(world, number):
    """24 hours by the daemon's clocks without receivers, maybe without feeds,
    maybe with an end of the process; then all comes, in order."""
    rng, shift = world.rng, world.clock()
    how = ('nobody', 'status', 'reset', 'any')[number % 4]
    end = rng.choice(('none', 'stop', 'kill'))
    world.what = f'{how}, end: {end}'
    world.add_destinations(['script', 'letter', 'paper'])
    world.every = '10m'
    world.retry_max, world.trouble = '30m', 'yes'
    world.network = {'timeout': '10m'}
    world.last_env = shift.env
    serve_by_and_by(world, shift)
    come_back = be_away(world, how)
    world.flaky = rng.choice((0, 0.3))
    shift.let_leap(True)
    world.start(env=world.last_env)
    for hours in (rng.randint(1, 23), 24):
        world.wait(lambda h=hours: shift.leapt_ms() >= h * DAY_MS // 24,
                   patient_polls=1000)
        if hours < 24 and end != 'none':
            shift.let_leap(False)
            (world.kill if end == 'kill' else world.stop)()
            world.start(env=world.last_env)
            shift.let_leap(True)
    away = [a for a in world.receiver.attempts if a.to == 'desk']
    world.flaky = 0
    come_back()
    world.wait(world.all_there, patient_polls=1000)
    shift.let_leap(False)
    world.stop()
    problems = world.verify()
    told = [trouble_of(s.body) for s in world.record.spool]
    if [t[1] for t in told if t and t[0] == 'destination.failing'].count(
            'desk') != 1:
        problems.append(f'that nobody takes anything is told of as {told}')
    if shift.leapt_ms() < DAY_MS or min(world.polls) < 72:
        problems.append(f'no day: {shift.leapt_ms()} ms, {world.polls} polls')
    if how != 'nobody' and not 40 <= len(away) <= 120:
        problems.append(f'{len(away)} attempts in a day')
    return problems


KINDS = {k.__name__: k
         for k in (receiver, kill, syscall, story, error, power, disk, memory,
                   clock, outage)}
