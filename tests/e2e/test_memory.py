"""tests/e2e/test_memory.py: a thousand feeds fit into 40 MB, and a feed of
100 MB into 8 MB beside what the daemon has anyway."""
import os
import unittest

from harness import Case, SANITIZED, item, wait_until

FEEDS = 1000
LONG_FEED_BYTES = 100 * 1000 * 1000
LONG_FEED_KIB = 8 * 1000 * 1000 // 1024
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

    alerts = 0

    def peak_of(self, items):
        """KiB that the daemon has needed to ring for the last one."""
        self.alerts += 1
        self.serve('/feed', items)
        config = self.config(
            {'long': {'url': '/feed', 'every': '1h', 'article': 'never',
                      'max-size': '200MiB'}},
            {'truce': 'ceasefire OR truce'},
            daemon={'state': f'state-{len(items)}'})
        daemon = self.daemon(config).start()
        self.hook.wait(self.alerts, 60)
        peak = daemon.memory_kib('VmHWM')
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(daemon.metrics()['items_total'], len(items))
        daemon.notify.close()
        os.unlink(os.path.join(daemon.folder, 'notify'))
        return peak

    @unittest.skipIf(SANITIZED, 'sanitizers need memory of their own')
    def test_long_feed(self):
        text = TEXT * 11
        count = LONG_FEED_BYTES // len(text)
        idle = self.peak_of([item(0, 'Truce', TEXT)])
        peak = self.peak_of(
            [item(n, f'Report {n}', text) for n in range(count)]
            + [item(count, 'Truce', text)])
        print(f'a feed of {LONG_FEED_BYTES >> 20} MiB: VmHWM {peak} KiB, '
              f'{idle} KiB with a short one')
        self.assertLess(peak - idle, LONG_FEED_KIB)


if __name__ == '__main__':
    unittest.main()
