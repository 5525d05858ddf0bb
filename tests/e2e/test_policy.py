"""tests/e2e/test_policy.py: what people said of when alerts leave: hours in
which a filter is mute, limits and their digests, stories that wait for a second
publisher, silence.  The daemon's wall clock is set by the test."""
import json
import os
import subprocess
import time
import unittest

from harness import (BUILD, Case, Clock, FEED_TYPE, reply, rss, run,
                     wait_until)

try:
    import jsonschema
except ImportError:
    jsonschema = None

COPY = ('The Security Council adopted a resolution on Monday that demands an '
        'immediate ceasefire in the strip for the holy month and the release '
        'of all hostages, after the largest member had held back its veto.')
HOUR = 3600
DAY = 24 * HOUR
NEVER = {'article': 'never'}


def undated(number, title, text='Quiet.'):
    return (f'<item><title>{title}</title><guid isPermaLink="false">'
            f'{number}</guid><description>{text}</description></item>')


class Policy(Case):
    def setUp(self):
        super().setUp()
        self.clock = Clock(self.folder)
        self.noon = time.time() // DAY * DAY + 12 * HOUR
        self.clock.set(self.noon)
        self.items = {}

    def show(self, path, *items):
        """New items of a feed."""
        self.items.setdefault(path, []).extend(items)
        self.site.routes[path] = reply(
            200, rss(self.items[path]), FEED_TYPE)

    def ring(self, feeds, filters):
        config = self.config(
            {path[1:]: {'url': path, 'publisher': path[1:], **NEVER}
             for path in feeds}, filters)
        daemon = self.daemon(config)
        daemon.env = self.clock.env
        return daemon.start()

    def tocsin(self, *words):
        return subprocess.run(
            [os.path.join(BUILD, 'tocsin'), words[0], '-c', 'tocsin.yaml',
             *words[1:]], cwd=self.folder, capture_output=True, text=True,
            timeout=60, check=True).stdout

    def told(self):
        """Filter, type and title of each alert.  A kill may repeat one."""
        return sorted((d['data']['filter']['name'], d['type'],
                       d['data']['item']['title'])
                      for d in dict(self.hook.alerts).values())

    def wait_told(self, *wanted):
        wait_until(lambda: len(self.told()) >= len(wanted), 20,
                   f'{wanted}; there is {self.told()}')
        self.assertEqual(self.told(), sorted(wanted))

    def stopped(self, daemon, **counts):
        """Ends it; what it counted since it was started."""
        self.assertEqual(daemon.stop(), 0)
        self.assert_dispositions(daemon)
        counted = daemon.metrics()
        self.assertEqual({k: counted[f'items_{k}_total'] for k in counts},
                         counts)

    def documents(self, of_type):
        return [d['data'] for d in dict(self.hook.alerts).values()
                if d['type'] == of_type]

    def assert_schema(self):
        if jsonschema is None:
            return
        schema = json.loads(run('tocsin', 'schema', 'alert').stdout)
        for _, document in self.hook.alerts:
            jsonschema.Draft202012Validator(schema).validate(document)

    def test_hours_in_which_a_filter_is_mute(self):
        self.show('/a', undated(1, 'Ceasefire at noon'))
        daemon = self.ring(['/a'], {
            'now': {'match': 'ceasefire', 'mute': '11:30-12:30 UTC'},
            'later': {'match': 'ceasefire', 'mute': [
                '23:00-01:00 Asia/Tokyo', '13:00-14:00 UTC']}})
        first = ('later', 'alert.new', 'Ceasefire at noon')
        self.wait_told(first)
        self.clock.set(self.noon + 1.5 * HOUR)
        self.show('/a', undated(2, 'Ceasefire at half past one'))
        second = ('now', 'alert.new', 'Ceasefire at half past one')
        self.wait_told(first, second)
        self.clock.set(self.noon + 2.5 * HOUR)   # 23:30 in Tokyo
        self.show('/a', undated(3, 'Ceasefire at half past two'))
        third = ('now', 'alert.new', 'Ceasefire at half past two')
        self.wait_told(first, second, third)
        daemon.kill()
        self.clock.set(self.noon + 5 * HOUR)
        daemon.start()
        self.show('/a', undated(4, 'Ceasefire at five'))
        self.wait_told(first, second, third,
                       *((f, 'alert.new', 'Ceasefire at five')
                         for f in ('now', 'later')))
        self.stopped(daemon, alerted=1, muted=0)

    def test_what_is_mute_for_all_is_counted(self):
        self.show('/a', undated(1, 'Ceasefire holds'), undated(2, 'Gales'))
        daemon = self.ring(['/a'], {
            'truce': {'match': 'ceasefire', 'mute': '00:00-24:00 UTC'},
            'wind': 'gales'})
        self.wait_told(('wind', 'alert.new', 'Gales'))
        self.stopped(daemon, alerted=1, muted=1)

    def limited(self):
        """Six items, of which two leave; `all` tells when they are there."""
        self.show('/a', *(undated(n, f'Ceasefire {n}') for n in range(6)))
        daemon = self.ring(['/a'], {
            'all': {'match': 'ceasefire', 'group': 'none'},
            'few': {'match': 'ceasefire', 'limit': '2/h', 'group': 'none'},
            'less': {'match': 'ceasefire', 'limit': '1/d', 'group': 'none'}})
        alerts = ([('all', 'alert.new', f'Ceasefire {n}') for n in range(6)] +
                  [('few', 'alert.new', f'Ceasefire {n}') for n in range(2)] +
                  [('less', 'alert.new', 'Ceasefire 0')])
        self.wait_told(*alerts)
        return daemon, alerts

    def test_a_limit_and_its_digests(self):
        daemon, alerts = self.limited()
        daemon.kill()
        daemon.start()
        self.clock.set(self.noon + HOUR)
        alerts.append(('few', 'digest', '4 more for few'))
        self.wait_told(*alerts)
        self.clock.set(self.noon + 12 * HOUR)
        alerts.append(('less', 'digest', '5 more for less'))
        self.wait_told(*alerts)
        few, _ = self.documents('digest')
        self.assertEqual(few['digest']['count'], 4)
        self.assertEqual([i['title'] for i in few['digest']['items']],
                         [f'Ceasefire {n}' for n in range(2, 6)])
        self.assertEqual(
            [few['digest'][k][-13:] for k in ('since', 'until')],
            ['12:00:00.000Z', '13:00:00.000Z'])
        self.assert_schema()
        self.show('/a', undated(7, 'Ceasefire 7'))
        alerts += [(f, 'alert.new', 'Ceasefire 7')
                   for f in ('all', 'few', 'less')]
        self.wait_told(*alerts)
        self.stopped(daemon, alerted=1, limited=0)

    def test_a_digest_waits_until_silence_ends(self):
        daemon, alerts = self.limited()
        self.tocsin('silence', 'few', '30h')
        self.clock.set(self.noon + 12 * HOUR)
        alerts.append(('less', 'digest', '5 more for less'))
        self.wait_told(*alerts)
        self.show('/a', undated(7, 'Ceasefire 7'))
        alerts += [(f, 'alert.new', 'Ceasefire 7') for f in ('all', 'less')]
        self.wait_told(*alerts)
        self.tocsin('silence', 'few', '--off')
        alerts.append(('few', 'digest', '4 more for few'))
        self.wait_told(*alerts)
        self.assert_schema()
        self.stopped(daemon, alerted=7)

    def test_stories_wait_for_a_second_publisher(self):
        """`all` tells when an item is there.  What `hold` has dropped waits anew,
        with the next publisher."""
        def waits(otherwise):
            return {'match': 'ceasefire', 'sources': {
                'at-least': 2, 'within': '1h', 'else': otherwise}}
        feeds = ['/a', '/b', '/c']
        for path in feeds:
            self.show(path)
        daemon = self.ring(feeds, {
            'all': {'match': 'ceasefire', 'group': 'none'},
            'soon': waits('send-unconfirmed'), 'hold': waits('hold')})
        self.show('/a', undated(1, 'Ceasefire voted', COPY))
        alerts = [('all', 'alert.new', 'Ceasefire voted')]
        self.wait_told(*alerts)
        daemon.kill()
        daemon.start()
        self.clock.set(self.noon + 61 * 60)
        alerts.append(('soon', 'alert.new', 'Ceasefire voted'))
        self.wait_told(*alerts)
        daemon.wait_log(r'story dropped: .*filter=hold')
        (sent,) = [d for d in self.documents('alert.new')
                   if d['filter']['name'] == 'soon']
        self.assertIs(sent['story']['unconfirmed'], True)
        self.assertEqual(sent['story']['publishers'], 1)

        self.show('/b', undated(2, 'Ceasefire voted (b)', COPY))
        alerts += [('all', 'alert.new', 'Ceasefire voted (b)'),
                   ('soon', 'alert.confirmed', 'Ceasefire voted (b)')]
        self.wait_told(*alerts)
        self.show('/c', undated(3, 'Ceasefire voted (c)', COPY))
        alerts += [('all', 'alert.new', 'Ceasefire voted (c)'),
                   ('hold', 'alert.new', 'Ceasefire voted (c)')]
        self.wait_told(*alerts)
        (held,) = [d for d in self.documents('alert.new')
                   if d['filter']['name'] == 'hold']
        self.assertNotIn('unconfirmed', held['story'])
        self.assertEqual([i['feed'] for i in held['story']['also']], ['b'])
        self.assert_schema()
        self.stopped(daemon, alerted=2, held=0)


if __name__ == '__main__':
    unittest.main()
