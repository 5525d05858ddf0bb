#!/usr/bin/python3
"""tests/faults/test_checker.py: the checker finds what it is there to find: in
falsified records, in a file system that lies, in a daemon with a planted bug.

usage: tests/faults/test_checker.py [--planted]
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)

# pylint: disable=wrong-import-position
from checker import (ACCEPTED, DEAD, DONE, DUE, REFUSED, UNKNOWN, Attempt,
                     Life, Record, Row, Spooled, check)
from kinds import why_no_disk

BUILD = os.path.abspath(os.environ.get('TOCSIN_BUILD', 'build'))


def document(number, identity, more=''):
    return (f'{{"data":{{"id":"{identity}","item":{{"title":'
            f'"Report {number}"}}}}{more}}}').encode()


def trouble(identity, whose, since):
    return (f'{{"type":"destination.failing","data":{{"id":"{identity}",'
            f'"trouble":{{"destination":"{whose}","since":"{since}"}}}}}}'
            ).encode()


def rows(desk=DONE, spool=DONE, ids=('alr_a', 'alr_b')):
    found = []
    for identity in ids:
        for name, state in (('spool', spool), ('desk', desk)):
            found.append(Row(len(found) + 1, identity, name, state, 1))
    return found


def attempt(life, identity, number, verdict=ACCEPTED, more='', to='desk'):
    return Attempt(life, 0.0, to, identity, document(number, identity, more),
                   verdict)


def good():
    """Two lives, the first of them killed; two alerts, one of them twice."""
    return Record(
        items={0: True, 1: True, 2: False}, ids={0: 'alr_a', 1: 'alr_b'},
        attempts=[attempt(0, 'alr_a', 0, REFUSED),
                  attempt(0, 'alr_a', 0),
                  attempt(1, 'alr_a', 0),
                  attempt(1, 'alr_b', 1)],
        spool=[Spooled('20240326T051209.123Z.alr_a.json', 1,
                       document(0, 'alr_a') + b'\n'),
               Spooled('20240326T051209.124Z.alr_b.json', 2,
                       document(1, 'alr_b') + b'\n')],
        lives=[Life(status=None, rows=rows(DUE, DUE)),
               Life(status=0, faulty=False, rows=rows())])


class Falsified(unittest.TestCase):
    def setUp(self):
        self.record = good()

    def assert_found(self, words):
        problems = check(self.record)
        self.assertTrue(any(words in p for p in problems),
                        f'{words!r} is not in {problems}')

    def test_nothing_in_a_good_one(self):
        self.assertEqual(check(self.record), [])

    def test_lost_at_the_webhook(self):
        self.record.attempts.pop()
        self.assert_found('desk: item 1 is lost')

    def test_lost_though_it_was_sent(self):
        self.record.attempts[3] = attempt(1, 'alr_b', 1, UNKNOWN)
        self.assert_found('desk: item 1 is lost')

    def test_lost_in_the_spool(self):
        self.record.spool.pop()
        self.assert_found('spool: item 1 is lost')

    def test_held_is_not_lost(self):
        self.record.attempts.pop()
        self.record.may_hold = True
        self.record.lives[-1].rows[-1] = Row(4, 'alr_b', 'desk', DUE, 1)
        self.assertEqual(check(self.record), [])

    def test_other_id(self):
        self.record.attempts[3] = attempt(1, 'alr_c', 1)
        self.assert_found('item 1 has the id alr_c')

    def test_other_id_at_a_redelivery(self):
        self.record.ids = {}
        self.record.attempts[2] = attempt(1, 'alr_c', 0)
        self.assert_found('item 0 has another document')

    def test_other_id_in_the_header(self):
        self.record.attempts[3] = Attempt(
            1, 0.0, 'desk', 'alr_b', document(1, 'alr_c'), ACCEPTED)
        self.assert_found('in it alr_c')

    def test_other_document(self):
        self.record.attempts[2] = attempt(1, 'alr_a', 0, more=',"lag":1')
        self.assert_found('item 0 has another document')

    def test_cut_file(self):
        s = self.record.spool[0]
        self.record.spool[0] = s._replace(body=s.body[:-9])
        self.assert_found('no whole document')

    def test_empty_file(self):
        self.record.spool[1] = self.record.spool[1]._replace(body=b'')
        self.assert_found('spool: item 1 is lost')

    def test_file_twice(self):
        self.record.spool.append(self.record.spool[1]._replace(
            name='20240326T051209.999Z.alr_b.json'))
        self.assert_found('spool: item 1 stands there 2 times')

    def test_lost_at_one_of_several(self):
        self.record.destinations = ('spool', 'desk', 'pager')
        self.record.attempts.append(attempt(1, 'alr_a', 0, to='pager'))
        self.assert_found('pager: item 1 is lost')

    def test_lost_or_twice_in_the_feed(self):
        self.record.destinations = ('spool', 'desk', 'paper')
        self.record.paper = [('alr_a', 'Report 0')] * 2
        self.assert_found('paper: item 1 is lost')
        self.assert_found('paper: item 0 stands there 2 times')

    def test_trouble_twice(self):
        self.record.spool += [
            Spooled(f'20240326T051210.00{n}Z.{i}.json', 3 + n,
                    trouble(i, 'desk', '2024') + b'\n')
            for n, i in enumerate(('alr_t', 'alr_u'))]
        self.assert_found('is told of as alr_u, and otherwise')
        self.assert_found('stands there 2 times')

    def test_must_not_ring(self):
        self.record.attempts.append(attempt(1, 'alr_z', 2))
        self.assert_found('item 2 must not ring')

    def test_reordered(self):
        self.record.attempts = [attempt(1, 'alr_b', 1), attempt(1, 'alr_a', 0)]
        self.assert_found('alr_a after alr_b')
        self.assert_found('first deliveries in the order of rows [4, 2]')

    def test_reordered_in_the_spool(self):
        self.record.spool[0] = self.record.spool[0]._replace(mtime=3)
        self.assert_found('spool: files in the order of rows')

    def test_overtaken(self):
        self.record.attempts[2:2] = [attempt(1, 'alr_a', 0, REFUSED),
                                     attempt(1, 'alr_b', 1, REFUSED)]
        self.assert_found('alr_a again after its end')

    def test_repeated_in_one_life(self):
        self.record.attempts.insert(2, attempt(1, 'alr_a', 0))
        self.assert_found('alr_a again after it was accepted')

    def test_again_after_it_was_noted(self):
        self.record.lives[0].rows = rows(DONE, DUE)
        self.assert_found('alr_a again after it had ended')

    def test_again_after_it_was_given_up(self):
        self.record.may_give_up = {'alr_a'}
        self.record.lives[0].rows = rows(DEAD, DUE)
        self.assert_found('alr_a again after it had ended')

    def test_given_up(self):
        self.record.lives[1].rows[1] = Row(2, 'alr_a', 'desk', DEAD, 1)
        self.assert_found('alr_a is given up')

    def test_noted_before_it_was_delivered(self):
        self.record.lives[0].rows = rows(DONE, DONE)
        self.record.attempts[:2] = []
        self.assert_found('counts as delivered')

    def test_not_noted(self):
        self.record.lives[1].rows = rows(DUE)
        self.assert_found('alr_a is not noted')

    def test_sent_before_it_was_stored(self):
        self.record.lives[0].rows = []
        self.assert_found('alr_a was sent, and is not in the outbox')

    def test_crash(self):
        self.record.lives[0].status = -11
        self.assert_found('died of SIGSEGV')

    def test_end_by_itself(self):
        self.record.lives[0].status = 1
        self.assert_found('life 0 ended with 1')

    def test_damage(self):
        self.record.integrity = 'wrong # of entries in index'
        self.assert_found('the database is damaged')
        self.record.moved_aside = ['tocsin.db.corrupt-1']
        self.assert_found('a database that was sound')


class FalsifiedStories(unittest.TestCase):
    def setUp(self):
        self.record = Record(
            items={0: True, 1: True}, ids={}, stories={0: 0, 1: 0},
            lives=[Life(status=0, faulty=False, rows=rows())])
        self.record.attempts = [self.told(0, 'alr_a', 'alert.new'),
                                self.told(1, 'alr_b', 'alert.confirmed')]
        self.record.spool = [
            Spooled(f'20240326T051209.123Z.{a.id}.json', n, a.body + b'\n')
            for n, a in enumerate(self.record.attempts)]

    @staticmethod
    def told(number, identity, kind):
        return attempt(0, identity, number, more=f',"type":"{kind}"')

    def test_nothing_in_a_good_one(self):
        self.assertEqual(check(self.record), [])

    def test_rings_twice(self):
        self.record.attempts[1] = self.told(1, 'alr_b', 'alert.new')
        problems = check(self.record)
        self.assertTrue(any('desk: story 0: alert.new as' in p
                            for p in problems), problems)
        self.assertTrue(any('desk: story 0: alert.confirmed as set()' in p
                            for p in problems), problems)

    def test_lost_in_the_spool(self):
        self.record.spool.pop()
        problems = check(self.record)
        self.assertTrue(any('spool: story 0: alert.confirmed as set()' in p
                            for p in problems), problems)


def run(build, kind, points, *options):
    """Whether the points fail, as they should."""
    done = subprocess.run(
        [os.path.join(HERE, 'run'), '--build', build, '--reference', BUILD,
         '--seed', '1', '--kind',
         kind, '--points', str(points), '--failures', '1', '--story',
         os.devnull, '--patience', '6', *options],
        capture_output=True, text=True, check=False, timeout=600)
    return done.returncode, done.stdout + done.stderr


class LyingDisk(unittest.TestCase):
    """fsync() or fdatasync() does nothing, and then the power goes."""

    @unittest.skipIf(why_no_disk(), why_no_disk())
    def test_files_that_are_not_written(self):
        status, text = run(BUILD, 'power', 12, '--lie', 'fsync')
        self.assertEqual(status, 1, text)
        self.assertRegex(text, 'no whole document|counts as delivered|is lost')

    @unittest.skipIf(why_no_disk(), why_no_disk())
    def test_a_database_that_is_not_written(self):
        status, text = run(BUILD, 'power', 12, '--lie', 'fdatasync')
        self.assertEqual(status, 1, text)
        self.assertRegex(text, 'not in the outbox|another document|counts as|is lost')


# Name, file, what stands there, what is put in its place, kind, what is said.
BUGS = (
    ('noted before it is delivered', 'daemon/runner.c',
     '\tr->sending = true;\n',
     '\tr->sending = true;\n\trecord(r, (struct mark) { .kind = MARK_DONE, '
     '.row = q->row }, &(struct err) { "" });\n',
     'kill', 'counts as delivered|is lost'),
    ('any answer counts', 'alerts/outbox.c',
     'if (status >= 200 && status <= 299)', 'if (status >= 200)',
     'receiver', 'counts as delivered|is lost'),
    ('any end of a program counts', 'alerts/exec.c',
     'if (end->code == EXIT_SUCCESS)', 'if (end->code >= EXIT_SUCCESS)',
     'kill', 'script: .*(counts as delivered|is lost)'),
    ('an id that depends on the time', 'alerts/encode.c',
     '\tsha256_parts(parts, n, hash);\n',
     '\tsha256_parts(parts, n, hash);\n'
     '\thash[0] = (unsigned char)clock_wall_ms();\n',
     'kill', 'has the id'),
    ('the newest alert first', 'store/sqlite.h',
     'AND destination=?1 AND row>?2 ORDER BY row LIMIT ?3',
     'AND destination=?1 AND row>?2 ORDER BY row DESC LIMIT ?3',
     'kill', 'order of rows|is lost'),
    ('after a failure the next one first', 'daemon/runner.c',
     '\t\t    KV_INT("attempts", q->attempts));\n\tr->told = true;\n',
     '\t\t    KV_INT("attempts", q->attempts));\n\tr->told = true;\n'
     '\tif (r->n > 1) {\n'
     '\t\tstruct queued *other = &r->queue[(r->head + 1) % OUTBOX_LOAD];\n'
     '\t\tstruct queued kept = *q;\n\t\t*q = *other;\n\t\t*other = kept;\n'
     '\t}\n',
     'receiver', 'order of rows|again after its end|alr_\\w+ after alr_'),
    ('a commit that does not reach the disk', 'store/sqlite_open.c',
     'PRAGMA synchronous=FULL', 'PRAGMA synchronous=OFF',
     'power', 'not in the outbox|another document|counts as|is lost'),
    ('every other commit is only said', 'daemon/commit.c',
     '\treturn store_commit(c->store, e);',
     '\tif (n % 2 == 1)\n\t\treturn store_commit(c->store, e);\n'
     '\tstore_rollback(c->store);\n\treturn true;',
     'kill', 'not in the outbox|is lost|is not noted'),
    ('an item is known before its alert is stored', 'daemon/batch.c',
     '\t\tif (!apply_change(s, c, e))\n',
     '\t\tif ((c->kind == PUT_ALERT &&\n'
     '\t\t\t(!store_commit(s, e) || !store_begin(s, e))) ||\n'
     '\t\t    !apply_change(s, c, e))\n',
     'syscall', 'is lost|another document'),
    ('a Retry-After that is cut short', 'alerts/outbox.c',
     'return now_ms + (asked_ms > wait_ms ? asked_ms : wait_ms);',
     'return now_ms + wait_ms;',
     'receiver', 'Retry-After cut short|did not outlive'),
    ('given up on the word of the wall clock', 'alerts/outbox.c',
     'failing_ms >= least_ms', 'failing_ms + least_ms > 0',
     'clock', 'is given up|is lost'),
)


class PlantedBugs(unittest.TestCase):
    """Built from a copy of the tree, with one thing changed."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='tocsin-planted-')
        self.addCleanup(shutil.rmtree, self.folder, True)
        subprocess.run(
            ['cp', '-a', '--', *(p for p in (
                'Makefile', 'base', 'config', 'feeds', 'filters', 'net',
                'store', 'alerts', 'daemon', 'cli', 'tools', 'packs')
                if os.path.exists(os.path.join(ROOT, p))), self.folder],
            check=True, cwd=ROOT)
        shutil.copytree(BUILD, os.path.join(self.folder, 'build'),
                        copy_function=shutil.copy2,
                        ignore=shutil.ignore_patterns('tests', 'test-logs'))

    def plant(self, file, old, new):
        path = pathlib.Path(self.folder, file)
        text = path.read_text(encoding='utf-8')
        self.assertEqual(text.count(old), 1, f'{file} has changed')
        path.write_text(text.replace(old, new), encoding='utf-8')
        subprocess.run(['make', '-j2', 'build/tocsind'], cwd=self.folder,
                       check=True, capture_output=True)

    def test_each_is_found(self):
        for name, file, old, new, kind, words in BUGS:
            if kind == 'power' and why_no_disk():
                continue
            with self.subTest(name):
                before = pathlib.Path(self.folder, file).read_bytes()
                try:
                    self.plant(file, old, new)
                    status, text = run(os.path.join(self.folder, 'build'),
                                       kind, 48)
                finally:
                    pathlib.Path(self.folder, file).write_bytes(before)
                self.assertEqual(status, 1, text)
                self.assertRegex(text, words)
                line = next(line.strip() for line in text.splitlines()
                            if re.search(words, line))
                print(f'found: {name}: {line}', flush=True)


if __name__ == '__main__':
    if '--planted' in sys.argv:
        sys.argv.remove('--planted')
    else:
        del PlantedBugs
    unittest.main()
