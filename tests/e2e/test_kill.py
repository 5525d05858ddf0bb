"""tests/e2e/test_kill.py: killed at fifty random instants, with a receiver that
fails half of the time, the daemon loses no alert and invents none."""
import random
import time
import unittest

from harness import (Case, FEED_TYPE, Hook, PAGE_TYPE, item, page, reply, rss,
                     wait_until)

FEEDS = 8
ITEMS = 200                      # number n stands in feed n % FEEDS
KILLS = 50
SEED = 20240326
TEXT = ('The vote was taken before dawn, and nobody left the chamber. ' * 8 +
        '\nObservers called for a ceasefire at noon.\n' +
        'The next meeting is expected within the week. ' * 8)


def kind(number):
    """What item `number` is: every second matches, half of those only in its
    article."""
    return ('in-feed', 'plain', 'in-article', 'plain')[number // FEEDS % 4]


class Kill(Case):
    def setUp(self):
        super().setUp()
        self.random = random.Random(SEED)
        self.hook = Hook(self.site, decide=self.decide)
        for n in range(FEEDS):
            self.site.routes[f'/feed/{n}'] = self.feed(n)
        for number in range(ITEMS):
            title = f'Report {number}'
            self.site.routes[f'/page/{number}'] = reply(200, page(
                title, TEXT if kind(number) == 'in-article' else
                TEXT.replace('ceasefire', 'recess')), PAGE_TYPE)

    def decide(self, _request):
        return reply(self.random.choice((200, 500)))

    def feed(self, which):
        """Each poll shows up to three items more."""
        numbers = list(range(which, ITEMS, FEEDS))
        shown = 0

        def route(_request):
            nonlocal shown
            shown += self.random.randrange(0, 4)
            return reply(200, rss(map(self.item, reversed(numbers[:shown]))),
                         FEED_TYPE)
        return route

    def item(self, number):
        text = ('A ceasefire is near.' if kind(number) == 'in-feed' else
                'The teaser does not say.')
        return item(number, f'Report {number}', text,
                    f'{self.site.base}/page/{number}', minutes_ago=5)

    def test_fifty_kills(self):
        daemon = self.daemon(self.config(
            {f'wire-{n}': f'/feed/{n}' for n in range(FEEDS)},
            {'truce': 'ceasefire'}))
        for _ in range(KILLS):
            daemon.start(wait=False)
            time.sleep(self.random.uniform(0.02, 0.6))
            daemon.kill()
        before = len(self.hook.alerts)
        want = {f'Report {n}' for n in range(ITEMS) if kind(n) != 'plain'}
        daemon.start()
        wait_until(lambda: self.titles(self.hook.alerts) >= want, 60,
                   f'{len(want)} items at the webhook')
        wait_until(lambda: self.titles(daemon.spooled()) >= want, 20,
                   f'{len(want)} items in the spool')
        self.assertEqual(daemon.stop(), 0)
        self.assert_all_signed()

        for place, documents in (('webhook', self.hook.alerts),
                                 ('spool', [(d['data']['id'], d)
                                            for _, d in daemon.spooled()])):
            ids = {}
            for identity, document in documents:
                title = document['data']['item']['title']
                ids.setdefault(title, set()).add(identity)
            self.assertEqual(set(ids), want, f'items at the {place}')
            several = {t: i for t, i in ids.items() if len(i) != 1}
            self.assertEqual(several, {}, f'ids of one item at the {place}')
        print(f'{len(self.hook.attempts)} attempts, {before} accepted between '
              f'the kills, {len(self.hook.alerts)} in all, {len(want)} wanted')

    @staticmethod
    def titles(documents):
        return {d['data']['item']['title'] for _, d in documents}


if __name__ == '__main__':
    unittest.main()
