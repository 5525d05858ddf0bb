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

from checker import DUE
from world import BROKEN, ODD, OK, Answer, wait_until
from harness import Clock

DAY_MS = 24 * 3600 * 1000
STATUSES = [s for s in range(100, 600) if s != 410]
BATCH = 15                       # one for each alert


def tracer(path, calls, action):
    """A command that runs another one and injects; the traced process stays
    our child."""
    return ['strace', '-f', '-D', '-qq', '-o', path, '-e', f'trace={calls}',
            '-e', 'signal=none', '-e', f'inject={calls}:{action}']


def random_answer(rng):
    if rng.random() < 0.5:
        return Answer(rng.choice(STATUSES[100:]))
    return Answer(200, how=rng.choice(BROKEN[:-1] + ODD))


def fail_some(world, share, times):
    """The receiver fails a share of its requests, so many at most."""
    left = [times]

    def decide(_identity):
        if left[0] > 0 and world.rng.random() < share:
            left[0] -= 1
            return random_answer(world.rng)
        return OK
    world.receiver.decide = decide


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
    world.receiver.decide = decide


def live_to_the_end(world, **options):
    world.start(**options)
    world.wait(world.all_there)
    world.stop()
    return world.verify()


def statuses(world, number):
    """Every status there is, fifteen to a point."""
    begin = number * BATCH % len(STATUSES)
    in_turn(world, [[Answer(s)] for s in STATUSES[begin:begin + BATCH]])
    return live_to_the_end(world)


def broken_answers(world, _number):
    ways = [Answer(world.rng.choice((200, 204, 503)), how=how)
            for how in BROKEN[:-1] + ODD]
    in_turn(world, [world.rng.choices(ways, k=world.rng.randint(1, 3))
                    for _ in range(BATCH)])
    return live_to_the_end(world)


def silence(world, _number):
    world.options['timeout'] = '1s'
    in_turn(world, [[Answer(how='silent')], [OK], [Answer(how='silent')]])
    return live_to_the_end(world, deaf=True)


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
    world.receiver.decide = decide
    problems = live_to_the_end(world)
    return problems + early


def long_wait(world, _number):
    """A Retry-After of days outlives a restart; the spool does not wait."""
    seconds = world.rng.choice((86400, 6 * 86400, 10 ** 15))
    world.receiver.decide = lambda identity: Answer(
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
    head = [r for r in world.life().rows
            if r.destination == 'desk' and r.state == DUE][0]
    waits_ms = head.next - time.time() * 1000
    most = min(seconds * 1000, 7 * DAY_MS)
    if not most - 120000 < waits_ms <= most:
        problems.append(f'{waits_ms} ms instead of {most}')
    return problems


def gone(world, _number):
    """410 stops the destination until the next reload."""
    stopped = []

    def decide(_identity):
        if not stopped:
            stopped.append(1)
            return Answer(410)
        return OK
    world.receiver.decide = decide
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
    world.receiver.decide = lambda identity: (
        Answer(500) if identity in chosen else OK)
    world.start()
    world.wait(lambda: world.log().count('alert given up') >= 2 and
               world.receiver.accepted() >= world.wanted() - chosen and
               world.all_spooled())
    world.stop()
    if world.rng.random() < 0.5:
        return world.finish()
    return world.verify()


def receiver(world, number):
    others = (broken_answers, retry_after, giving_up, gone, broken_answers,
              silence, long_wait)
    half = number // 2
    kind = statuses if number % 2 == 0 else others[half % len(others)]
    return kind(world, half)


# Ends of the process.

def kill(world, _number):
    """kill -9 at random instants."""
    rng = world.rng
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
           'unlink', 'unlinkat', 'ftruncate', 'mkdirat', 'sendto', 'recvfrom',
           'close', 'fcntl', 'connect', 'faccessat2', 'epoll_wait', 'pread64')


def any_call(world, number, names):
    """(name, which): all the names in turn, each of its calls as likely."""
    name = names[number % len(names)]
    first, last = world.calls.get(name, (1, 1))
    return name, world.rng.randint(first, max(first, last))


def was_injected(path):
    return 'INJECTED' in open_text(path)


def syscall(world, number):
    """kill -9 in front of the n-th call of its kind."""
    name, which = any_call(world, number, KILL_AT)
    fail_some(world, world.rng.choice((0, 0.3)), 10)
    world.start(prefix=tracer('/dev/null', name, f'signal=KILL:when={which}'),
                faulty=True)
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
    path = os.path.join(world.folder, 'trace')
    world.start(prefix=tracer(path, name,
                              f'error={code}:when={which}{until}'),
                faulty=True, deaf=name in NETWORK)
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
        for name in ('state', 'spool'):
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
    fail_some(world, rng.choice((0, 0.3)), 10)
    at = rng.randint(1, 110) if number % 4 != 3 else 0
    env = {'LD_PRELOAD': world.shim('power'), 'POWER_AT': str(at),
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


# The clock.

JUMPS = (DAY_MS, -DAY_MS, 365 * DAY_MS, -365 * DAY_MS, 3600 * 1000,
         -3600 * 1000, 3 * DAY_MS + 1, -1500, 1500)


def clock(world, number):
    """The wall clock jumps while the daemon runs, while alerts wait."""
    rng, jump = world.rng, JUMPS[number % len(JUMPS)]
    shift = Clock(world.folder, world.shim('clock'))
    env = shift.env
    begun = time.monotonic()
    # By a year: what was delivered before is long forgotten.
    world.record.forgets = abs(jump) > 30 * DAY_MS
    away = rng.random() < 0.7
    world.receiver.decide = lambda identity: Answer(503) if away else OK
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
        shift.shift(0)           # and back
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


KINDS = {k.__name__: k
         for k in (receiver, kill, syscall, story, error, power, clock)}
