"""tests/e2e/test_memory.py: a thousand feeds fit into 40 MB."""
import unittest

from harness import Case, SANITIZED, item, wait_until

FEEDS = 1000
MOST_KIB = 40 * 1000 * 1000 // 1024
TEXT = 'The ferry to the northern islands sails again after two days. ' * 8


class Memory(Case):
    @unittest.skipIf(SANITIZED, 'sanitizers need memory of their own')
    def test_thousand_feeds(self):
        self.serve('/feed', [item(n, f'Report {n}', TEXT) for n in range(30)])
        feeds = {f'feed-{n}': {'url': f'/feed?{n}', 'every': '1h',
                               'article': 'never'} for n in range(FEEDS)}
        for n in range(FEEDS):
            self.site.routes[f'/feed?{n}'] = self.site.routes['/feed']
        daemon = self.daemon(self.config(feeds, {
            'truce': 'ceasefire OR truce', 'bank': '"central bank"'},
            daemon={'state': 'state'})).start()
        wait_until(lambda: len(self.site.requests) >= FEEDS, 60,
                   f'{FEEDS} polls')
        rss, peak = (daemon.memory_kib(f) for f in ('VmRSS', 'VmHWM'))
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(daemon.metrics()['items_total'], 30 * FEEDS)
        print(f'{FEEDS} feeds: VmRSS {rss} KiB, VmHWM {peak} KiB')
        self.assertLess(peak, MOST_KIB)


if __name__ == '__main__':
    unittest.main()
