"""tests/e2e/test_broken.py: what servers, documents and receivers do wrong loses
nothing, poisons nothing and is said; each test is one kind of wrong."""
import os
import re
import socket
import unittest

from harness import (Case, FEED_TYPE, Hook, PAGE_TYPE, Site, item, reply,
                     rss, run, wait_until)

NEVER = {'article': 'never'}
TRUCE = {'truce': 'ceasefire'}


def ceasefires(first, last):
    return [item(n, f'Ceasefire {n}', 'A short report.')
            for n in range(first, last + 1)]


class BrokenFeeds(Case):
    def start(self, **feeds):
        """Feeds by name: their path, or options with `url`."""
        options = {name: {**NEVER, **(f if isinstance(f, dict) else {'url': f})}
                   for name, f in feeds.items()}
        return self.daemon(self.config(options, TRUCE)).start()

    def script(self, path, *answers):
        """One answer after the other; the last one for ever."""
        left = list(answers)

        def route(_request):
            return left.pop(0) if len(left) > 1 else left[0]
        self.site.routes[path] = route

    def finish(self, daemon):
        self.assertEqual(daemon.stop(), 0)
        self.assert_dispositions(daemon)
        return daemon.metrics()

    def titles(self):
        return sorted(d['data']['item']['title'] for _, d in self.hook.alerts)

    def test_a_web_page_is_no_feed_and_leaves_no_validator(self):
        self.script('/feed',
                    reply(200, '<!DOCTYPE html><html><body>Moved!</body></html>',
                          PAGE_TYPE + [('ETag', '"page"')]),
                    reply(200, rss(ceasefires(1, 1)), FEED_TYPE))
        daemon = self.start(wire='/feed')
        self.hook.wait(1)
        second = self.site.seen('/feed')[1]
        self.assertIsNone(second.headers['If-None-Match'])
        self.assertEqual(self.finish(daemon)['polls_failed_total'], 1)
        self.assertIn('wire', daemon.log())

    def test_a_truncated_feed_counts_its_items_but_stores_no_validator(self):
        whole = rss(ceasefires(1, 10))
        self.script('/feed',
                    reply(200, whole, FEED_TYPE + [('ETag', '"whole"')],
                          cut=whole.index('Ceasefire 4')),
                    reply(200, whole, FEED_TYPE + [('ETag', '"whole"')]))
        daemon = self.start(wire='/feed')
        self.hook.wait(3)
        self.assertEqual(len(self.site.seen('/feed')), 1)
        self.hook.wait(10)
        second = self.site.seen('/feed')[1]
        self.assertIsNone(second.headers['If-None-Match'])
        self.assertEqual(self.titles(),
                         sorted(f'Ceasefire {n}' for n in range(1, 11)))
        third = self.site.wait_seen('/feed', 3)[2]
        self.assertEqual(third.headers['If-None-Match'], '"whole"')
        m = self.finish(daemon)
        self.assertEqual(m['polls_failed_total'], 1)
        self.assertEqual(m['items_alerted_total'], 10)

    def test_a_document_that_ends_early_stores_no_validator(self):
        whole = rss(ceasefires(1, 10))
        self.script('/feed',
                    reply(200, whole[:whole.index('Ceasefire 4')],
                          FEED_TYPE + [('ETag', '"whole"')]),
                    reply(200, whole, FEED_TYPE))
        daemon = self.start(wire='/feed')
        self.hook.wait(10)
        second = self.site.seen('/feed')[1]
        self.assertIsNone(second.headers['If-None-Match'])
        self.assertEqual(self.finish(daemon)['items_alerted_total'], 10)

    def test_validators_come_back_byte_for_byte(self):
        etag = 'W/"a b,c\\"  \'\xe9"'
        date = 'Sunday, 06-Nov-94  08:49:37 GMT+0'
        head = FEED_TYPE + [('ETag', etag), ('Last-Modified', date)]
        self.script('/feed', reply(200, rss(ceasefires(1, 1)), head),
                    reply(304, '', []))
        daemon = self.start(wire='/feed')
        for request in self.site.wait_seen('/feed', 3)[1:]:
            self.assertEqual(request.headers['If-None-Match'], etag)
            self.assertEqual(request.headers['If-Modified-Since'], date)
        self.assertEqual(daemon.stop(), 0)
        m = daemon.metrics()
        self.assertGreaterEqual(m['polls_not_modified_total'], 2)
        self.assertEqual(m['items_total'], 1)

        before = len(self.site.seen('/feed'))
        daemon.start()
        after = self.site.wait_seen('/feed', before + 1)[before]
        self.assertEqual(after.headers['If-None-Match'], etag)
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(len(self.hook.alerts), 1)

    def test_server_errors_are_tried_again_more_slowly(self):
        self.script('/feed', reply(500), reply(502),
                    reply(200, rss(ceasefires(1, 2)), FEED_TYPE))
        daemon = self.start(wire='/feed')
        self.hook.wait(2)
        at = [r.at for r in self.site.seen('/feed')]
        self.assertGreaterEqual(at[1] - at[0], 1.9)
        self.assertGreaterEqual(at[2] - at[1], 3.9)
        self.assertEqual(self.finish(daemon)['polls_failed_total'], 2)

    def test_a_server_that_is_not_there_harms_no_other_feed(self):
        with socket.socket() as s:
            s.bind(('127.0.0.1', 0))
            port = s.getsockname()[1]
        self.script('/feed', reply(200, rss(ceasefires(1, 1)), FEED_TYPE))
        daemon = self.start(absent=f'http://127.0.0.1:{port}/feed',
                            wire='/feed')
        self.hook.wait(1)
        daemon.wait_log('absent')
        self.assertGreaterEqual(self.finish(daemon)['polls_failed_total'], 1)

    def test_410_ends_the_polling_of_a_feed_for_good(self):
        self.script('/gone', reply(410))
        self.script('/feed', reply(200, rss([]), FEED_TYPE))
        daemon = self.start(gone='/gone', wire='/feed')
        self.site.wait_seen('/feed', 4)
        self.assertEqual(len(self.site.seen('/gone')), 1)
        self.assertEqual(daemon.stop(), 0)
        before = len(self.site.seen('/feed'))
        daemon.start()
        self.site.wait_seen('/feed', before + 3)
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(len(self.site.seen('/gone')), 1)

    def test_retry_after_is_never_cut_short(self):
        self.script('/busy', reply(503, '', [('Retry-After', '5')]),
                    reply(200, rss([]), FEED_TYPE))
        self.script('/limited', reply(429, '', [('Retry-After', '1')]))
        daemon = self.start(busy='/busy', limited='/limited')
        first, second = self.site.wait_seen('/busy', 2)[:2]
        self.assertGreaterEqual(second.at - first.at, 5)
        # A 429 is not asked again for ten minutes, whatever it says.
        self.assertEqual(len(self.site.seen('/limited')), 1)
        self.assertEqual(daemon.stop(), 0)

    def test_retry_after_outlives_a_restart(self):
        self.script('/busy', reply(503, '', [('Retry-After', '3600')]))
        self.script('/feed', reply(200, rss([]), FEED_TYPE))
        daemon = self.start(busy='/busy', wire='/feed')
        self.site.wait_seen('/busy', 1)
        self.site.wait_seen('/feed', 2)
        self.assertEqual(daemon.stop(), 0)
        before = len(self.site.seen('/feed'))
        daemon.start()
        self.site.wait_seen('/feed', before + 2)
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(len(self.site.seen('/busy')), 1)

    def test_a_first_poll_rings_for_nothing_older_than_the_backlog(self):
        self.script('/feed', reply(200, rss([
            item(1, 'Ceasefire of today', '-', minutes_ago=30),
            item(2, 'Ceasefire of yesterday', '-', minutes_ago=1500)]),
            FEED_TYPE))
        daemon = self.start(wire='/feed')
        self.hook.wait(1)
        self.site.wait_seen('/feed', 3)
        self.assertEqual(self.titles(), ['Ceasefire of today'])
        self.assertEqual(self.finish(daemon)['items_backlog_total'], 1)

    def test_a_redirect_within_what_is_allowed_is_followed(self):
        self.script('/old', reply(302, '', [('Location', '/feed')]))
        self.script('/feed', reply(200, rss(ceasefires(1, 1)), FEED_TYPE))
        daemon = self.start(wire='/old')
        self.hook.wait(1)
        self.finish(daemon)

    def test_a_redirect_never_opens_a_file(self):
        trap = os.path.join(self.folder, 'trap.xml')
        with open(trap, 'w', encoding='utf-8') as f:
            f.write(rss(ceasefires(1, 1)))
        self.script('/feed', reply(302, '', [('Location', 'file://' + trap)]))
        daemon = self.start(wire='/feed')
        self.site.wait_seen('/feed', 2)
        self.assertEqual(self.hook.attempts, [])
        self.assertEqual(self.finish(daemon)['items_total'], 0)


class PrivateAddresses(Case):
    """Only 127.0.0.1 is allowed; a second server on 127.0.0.2 must not see a
    connection, whoever points there."""

    def setUp(self):
        super().setUp()
        self.inside = Site('127.0.0.2')
        self.addCleanup(self.inside.close)
        self.inside.routes['/feed'] = reply(
            200, rss(ceasefires(1, 1)), FEED_TYPE)

    def test_nobody_reaches_a_private_address(self):
        inside = self.inside.base
        self.site.routes['/moved'] = reply(
            302, '', [('Location', inside + '/feed')])
        self.site.routes['/links'] = reply(200, rss([
            item(1, 'A teaser', 'Short.', inside + '/page'),
            item(2, 'Ceasefire', 'Short.', inside + '/other'),
        ]), FEED_TYPE)
        config = self.config({'direct': inside + '/feed', 'moved': '/moved',
                              'links': '/links'}, TRUCE)
        config['network']['allow-private'] = ['127.0.0.1/32']
        config['destinations']['inside'] = {
            'type': 'webhook', 'url': inside + '/hook', 'retry-min': '10ms'}
        daemon = self.daemon(config).start()
        self.hook.wait(1)
        self.site.wait_seen('/moved', 2)
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(self.inside.requests, [])
        m = daemon.metrics()
        self.assertGreaterEqual(m['polls_failed_total'], 2)
        self.assertGreaterEqual(m['delivery_attempts_failed_total'], 1)
        self.assertEqual(len(self.hook.alerts), 1)


class BrokenReceivers(Case):
    def start(self, decide, **options):
        self.hook = Hook(self.site, decide=decide)
        self.shown = 3
        self.site.routes['/feed'] = lambda request: reply(
            200, rss(ceasefires(1, self.shown)), FEED_TYPE)
        config = self.config({'wire': {'url': '/feed', **NEVER}}, TRUCE)
        config['destinations']['desk'].update(options)
        return self.daemon(config).start()

    def test_failures_are_repeated_in_order_with_one_id_and_body(self):
        fails = [reply(500), reply(503, '', [('Retry-After', '0')]),
                 reply(404), reply(302, '', [('Location', '/elsewhere')])]
        daemon = self.start(lambda _: fails.pop(0) if fails else reply(200))
        self.hook.wait(3)
        self.assertEqual(daemon.stop(), 0)
        self.assert_all_signed()
        first = self.hook.attempts[0]
        for identity, document, _ in self.hook.attempts[1:5]:
            self.assertEqual((identity, document), first[:2])
        self.assertEqual(len(self.hook.attempts), 7)
        self.assertEqual(self.site.seen('/elsewhere'), [])
        self.assertEqual([d['data']['item']['title']
                          for _, d in self.hook.alerts],
                         [f'Ceasefire {n}' for n in (1, 2, 3)])
        self.assertEqual(
            daemon.metrics()['delivery_attempts_failed_total'], 4)

    def test_retry_after_of_a_receiver_is_honoured(self):
        first = [reply(429, '', [('Retry-After', '3')])]
        daemon = self.start(lambda _: first.pop() if first else reply(200))
        self.hook.wait(3)
        at = [r.at for r in self.site.seen('/hook')]
        self.assertGreaterEqual(at[1] - at[0], 2.9)
        self.assertEqual(daemon.stop(), 0)

    def test_410_stops_the_destination_and_no_other(self):
        daemon = self.start(lambda _: reply(410))
        self.site.wait_seen('/hook', 1)
        wait_until(lambda: len(daemon.spooled()) == 4, 10, '4 spool files')
        self.shown = 6
        wait_until(lambda: len(daemon.spooled()) == 7, 10, '7 spool files')
        self.assertEqual(daemon.stop(), 0)
        types = [d['type'] for _, d in daemon.spooled()]
        self.assertEqual(types.count('destination.failing'), 1)
        self.assertEqual(len(self.hook.attempts), 1)

    def test_an_alert_is_given_up_after_its_time_and_counted(self):
        daemon = self.start(lambda _: reply(500), **{'give-up': '1s'})
        daemon.wait_log('dead|gave up|given up')
        self.assertEqual(daemon.stop(), 0)
        self.assertGreaterEqual(daemon.metrics()['dead_letters_total'], 1)

    def test_a_spool_that_cannot_be_written_loses_nothing(self):
        blocker = os.path.join(self.folder, 'spool')
        with open(blocker, 'w', encoding='utf-8'):
            pass                        # a file where the directory should be
        daemon = self.start(lambda _: reply(200))
        self.hook.wait(3)
        os.unlink(blocker)
        os.mkdir(blocker)
        wait_until(lambda: len(daemon.spooled()) == 3, 10, '3 spool files')
        self.assertEqual(daemon.stop(), 0)


class BrokenConfigurations(Case):
    CASES = [
        ('an unknown option', 'feeds:\n  wire:\n    ulr: http://a.invalid/\n',
         r'tocsin\.yaml:3:5: error: .*ulr', r"did you mean '?url'?"),
        ('a duration out of range',
         'feeds:\n  wire: {url: "http://a.invalid/", every: 90d}\n',
         r'tocsin\.yaml:2:43: error: .*', '90d'),
        ('no YAML', 'feeds: [\n', r'tocsin\.yaml:\d+:\d+: error: ', ''),
        ('a query that guesses',
         'feeds:\n  wire: {url: "http://a.invalid/"}\n'
         'filters:\n  f:\n    match: Gaza ceasefire\n'
         'destinations:\n  out: {type: stdout}\n',
         r'tocsin\.yaml:5:17: error: ', 'Gaza ceasefire'),
        ('an unknown entity',
         'feeds:\n  wire: {url: "http://a.invalid/"}\n'
         'filters:\n  f:\n    match: "@gzaa"\n'
         'entities:\n  gaza: {names: [Gaza]}\n'
         'destinations:\n  out: {type: stdout}\n',
         r'tocsin\.yaml:5:\d+: error: .*gzaa', 'gaza'),
        ('an expectation that fails',
         'feeds:\n  wire: {url: "http://a.invalid/"}\n'
         'filters:\n  f:\n    match: truce\n'
         '    expect:\n      no: [A truce at last]\n'
         'destinations:\n  out: {type: stdout}\n',
         r'tocsin\.yaml:7:\d+: error: ', 'A truce at last'),
    ]

    def test_each_is_refused_with_its_place(self):
        for what, text, place, word in self.CASES:
            failed = 1 if 'expectation' in what else 2
            with self.subTest(what):
                path = os.path.join(self.folder, 'tocsin.yaml')
                with open(path, 'w', encoding='utf-8') as f:
                    f.write(text)
                for status, *command in ((2, 'tocsind', '-c', path),
                                         (2, 'tocsind', '--check', '-c', path),
                                         (failed, 'tocsin', 'check', '-c', path)):
                    done = run(*command, cwd=self.folder)
                    self.assertEqual(done.returncode, status, done.stderr)
                    said = done.stdout + done.stderr
                    self.assertRegex(said, place)
                    self.assertRegex(said, re.compile(word, re.S))
                self.assertFalse(os.path.exists(
                    os.path.join(self.folder, 'tocsin-state')))

    def test_all_problems_are_reported_at_once(self):
        path = os.path.join(self.folder, 'tocsin.yaml')
        with open(path, 'w', encoding='utf-8') as f:
            f.write('feeds:\n  a: {ulr: x}\n  b: {url: 7, every: soon}\n')
        done = run('tocsin', 'check', '-c', path)
        said = done.stdout + done.stderr
        lines = set(re.findall(r'tocsin\.yaml:(\d+):\d+: error', said))
        self.assertEqual(lines, {'2', '3'}, said)

    def test_a_file_that_is_not_there(self):
        done = run('tocsind', '-c', os.path.join(self.folder, 'none.yaml'))
        self.assertEqual(done.returncode, 2)
        self.assertIn('none.yaml', done.stderr)


if __name__ == '__main__':
    unittest.main()
