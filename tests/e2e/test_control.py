"""tests/e2e/test_control.py: people ask and steer the running daemon, and
programs that mean it no good do not get far."""
import json
import os
import re
import signal
import socket
import stat
import subprocess
import unittest

from harness import BUILD, Case, FEED_TYPE, item, reply, rss, wait_until

NEVER = {'article': 'never'}


class Control(Case):
    def setUp(self):
        super().setUp()
        self.shown = 2
        self.answer = reply(200)
        self.hook.decide = lambda request: self.answer
        self.site.routes['/feed'] = lambda request: reply(200, rss([
            item(n, f'Ceasefire {n}', '-')
            for n in range(self.shown)]), FEED_TYPE)
        self.conf = self.config({'wire': {'url': '/feed', **NEVER}},
                                {'truce': 'ceasefire'})

    def tocsin(self, *words, status=0):
        done = subprocess.run(
            [os.path.join(BUILD, 'tocsin'), words[0], '-c', 'tocsin.yaml',
             *words[1:]], cwd=self.folder, capture_output=True, text=True,
            timeout=60, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def status(self):
        return json.loads(self.tocsin('status', '--json'))

    def desk(self):
        return next(d for d in self.status()['destinations']
                    if d['destination'] == 'desk')

    def wait_desk(self, **wanted):
        wait_until(lambda: wanted.items() <= self.desk().items(), 20,
                   f'desk: {wanted}; there is {self.desk()}')

    def titles(self):
        return [d['data']['item']['title'] for _, d in self.hook.alerts]

    def socket(self):
        s = socket.socket(socket.AF_UNIX)
        self.addCleanup(s.close)
        s.connect(os.path.join(self.folder, 'state', 'control'))
        s.settimeout(20)
        return s

    def say(self, text):
        s = self.socket()
        try:
            s.sendall(text)
        except (BrokenPipeError, ConnectionResetError):
            pass
        try:
            return s.makefile('rb').readline().decode()
        except ConnectionResetError:
            return ''


class Commands(Control):
    def test_status_says_how_it_is_going(self):
        self.site.routes['/broken'] = reply(503)
        self.conf['feeds']['broken'] = {'url': self.site.base + '/broken'}
        self.answer = reply(500)
        daemon = self.daemon(self.conf).start()
        self.wait_desk(state='failing', waiting=2)
        wait_until(lambda: self.status()['failing'], 20, 'a failing feed')
        told = self.status()
        self.assertEqual(told['feeds'], {'all': 2, 'failing': 1})
        self.assertEqual(told['failing'][0]['feed'], 'broken')
        self.assertIn('503', told['failing'][0]['error'])
        self.assertEqual(told['silent'], [])
        self.assertIn('500', self.desk()['error'])
        shown = self.tocsin('status')
        self.assertRegex(shown, r'tocsind \d+\.\d+\.\d+, up \d+ s\n')
        self.assertIn('2 feeds, 1 failing\n', shown)
        self.assertRegex(
            shown, r'(?m)^  broken: failing for \d+ s \(\d+ polls?, next in '
                   r'\d+ \w+\): .*503$')
        self.assertRegex(
            shown, r'(?m)^desk +failing +2 +\d+ s +0 +\d+ +\d+ s +\d+ s\n'
                   r'  last error: .*500$')
        self.assertRegex(shown, r'(?m)^spool +working +0 +- +0 +0 +- +-$')
        self.assertLessEqual(
            max(len(line) for line in shown.split('\n')
                if 'error' not in line and '503' not in line), 80)
        self.assertEqual(daemon.stop(), 0)

    def test_status_names_feeds_that_bring_nothing_new(self):
        self.conf['feeds']['wire']['silent-after'] = '1s'
        daemon = self.daemon(self.conf).start()
        wait_until(lambda: self.status()['silent'], 20, 'a silent feed')
        self.assertEqual(self.status()['silent'][0]['feed'], 'wire')
        self.assertRegex(self.tocsin('status'),
                         r'(?m)^  wire: nothing new for \d+ s$')
        self.assertEqual(daemon.stop(), 0)

    def test_a_full_spool_loses_nothing(self):
        self.shown = 5
        spool = self.conf['destinations']['spool']
        spool.update({'max-files': 2, 'retry-max': '1s'})
        daemon = self.daemon(self.conf).start()
        taken = []
        while len(taken) < 4:
            wait_until(lambda: any('full: 2 files wait in' in d['error']
                                   for d in self.status()['destinations']
                                   if 'error' in d), 20, 'a full spool')
            waiting = daemon.spooled()
            self.assertEqual(len(waiting), 2)
            for name, document in waiting:
                taken.append(document['data']['id'])
                os.unlink(os.path.join(self.folder, 'spool', 'new', name))
            wait_until(lambda: len(daemon.spooled()) == min(
                2, 5 - len(taken)), 20, 'more')
        taken += [d['data']['id'] for _, d in daemon.spooled()]
        self.hook.wait(5)
        self.assertEqual(
            sorted(taken), sorted(d['data']['id'] for _, d in self.hook.alerts))
        self.assertEqual(len(set(taken)), 5)
        self.assertEqual(daemon.stop(), 0)
        log = daemon.log()
        self.assertEqual(log.count('full: '), log.count('works again'))

    def test_a_secret_in_a_url_is_not_shown(self):
        self.conf['destinations']['desk']['url'] = (
            self.hook.url + '?token=abracadabra')
        self.site.routes['/hook?token=abracadabra'] = reply(500)
        self.daemon(self.conf).start()
        self.wait_desk(state='failing')
        self.assertNotIn('abracadabra', self.tocsin('status', '--json'))

    def test_a_pause_keeps_alerts_through_a_restart(self):
        daemon = self.daemon(self.conf).start()
        self.hook.wait(2)
        self.assertIn('paused', self.tocsin('pause', 'desk'))
        self.shown = 5
        self.wait_desk(state='paused', waiting=3)
        self.assertIn('desk is paused; goes on with: tocsin resume desk\n',
                      self.tocsin('status'))
        daemon.kill()
        daemon.start()
        self.shown = 6
        self.wait_desk(state='paused', waiting=4)
        daemon.reload(self.conf)
        self.assertEqual(self.desk()['state'], 'paused')
        self.assertEqual(len(self.hook.attempts), 2)
        self.tocsin('resume', 'desk')
        self.hook.wait(6)
        self.assertEqual(sorted(self.titles()),
                         [f'Ceasefire {n}' for n in range(6)])
        self.wait_desk(state='working', waiting=0)
        self.assertEqual(daemon.stop(), 0)
        daemon.start()
        self.assertEqual(self.desk()['state'], 'working')
        self.assertEqual(daemon.stop(), 0)

    def test_alerts_for_a_destination_that_is_gone_are_told_of(self):
        self.answer = reply(503)
        daemon = self.daemon(self.conf).start()
        self.wait_desk(state='failing', waiting=2)
        desk = self.conf['destinations'].pop('desk')
        daemon.reload(self.conf)
        said = r'wait for a destination that is gone.*destination=desk waiting=2'
        daemon.wait_log(said)
        self.assertRegex(self.tocsin('status'), r'(?m)^desk +gone +2 ')
        self.assertEqual(daemon.stop(), 0)
        daemon.start()
        self.assertEqual(len(re.findall(said, daemon.log())), 2)
        self.answer = reply(200)
        self.conf['destinations']['desk'] = desk
        daemon.reload(self.conf)
        self.hook.wait(2)
        self.wait_desk(state='working', waiting=0)

    def test_resume_lifts_a_stop_by_410(self):
        self.answer = reply(410)
        self.daemon(self.conf).start()
        self.wait_desk(state='stopped', waiting=2)
        self.answer = reply(200)
        self.tocsin('resume', 'desk')
        self.hook.wait(2)
        self.wait_desk(state='working', waiting=0)

    def test_resume_does_not_wait_for_the_next_try(self):
        self.conf['destinations']['desk'].update(
            {'retry-min': '1h', 'retry-max': '2h'})
        self.answer = reply(503)
        self.daemon(self.conf).start()
        self.wait_desk(state='failing')
        self.answer = reply(200)
        self.tocsin('resume', 'desk')
        self.hook.wait(2)

    def test_replay_sends_the_same_ids_again_in_order(self):
        self.shown = 150
        daemon = self.daemon(self.conf).start()
        self.hook.wait(150)
        self.wait_desk(waiting=0)
        first = [i for i, _ in self.hook.alerts]
        self.assertEqual(daemon.stop(), 0)
        daemon.start()
        told = self.tocsin('replay', '--to', 'desk', '--since', '1h')
        self.assertEqual(told, 'desk: 150 alerts put back into the outbox\n')
        self.hook.wait(300)
        self.assertEqual([i for i, _ in self.hook.alerts[150:]], first)
        self.assertEqual(self.hook.alerts[:150], self.hook.alerts[150:])
        self.wait_desk(waiting=0)
        self.assertIn('0 alerts', self.tocsin(
            'replay', '--to', 'desk', '--since', '2099-01-01', status=1))
        told = self.tocsin('replay', '--to', 'desk', first[7], first[3],
                           'nonsense')
        self.assertIn('2 alerts put back', told)
        self.assertIn('1 waiting already, or not kept', told)
        self.hook.wait(302)
        self.assertEqual([i for i, _ in self.hook.alerts[300:]],
                         [first[7], first[3]])
        self.assertEqual(len(daemon.spooled()), 150)
        self.assertEqual(daemon.stop(), 0)

    def test_replay_revives_dead_letters_once(self):
        self.answer = reply(500)
        self.conf['destinations']['desk']['give-up'] = '1s'
        daemon = self.daemon(self.conf).start()
        self.wait_desk(dead=2, waiting=0)
        tried = {i for i, _, _ in self.hook.attempts}
        self.tocsin('pause', 'desk')
        self.assertIn('2 alerts', self.tocsin('replay', '--to', 'desk',
                                              '--dead'))
        self.assertIn('0 alerts', self.tocsin('replay', '--to', 'desk',
                                              '--dead', status=1))
        self.wait_desk(dead=0, waiting=2, state='paused')
        self.answer = reply(200)
        self.tocsin('resume', 'desk')
        self.hook.wait(2)
        self.assertEqual({i for i, _ in self.hook.alerts}, tried)
        self.assertEqual(daemon.stop(), 0)

    def test_status_tells_of_dead_letters(self):
        self.conf['destinations']['desk'] = {
            'type': 'exec', 'command': ['/bin/sh', '-c', 'exit 100']}
        self.daemon(self.conf).start()
        self.wait_desk(dead=2, waiting=0)
        self.assertIn('oldest_dead_s', self.desk())
        self.assertRegex(self.tocsin('status'),
                         r'(?m)^2 given up for desk, the first \d+ s ago; '
                         r'again with: tocsin replay --to desk --dead$')

    def test_a_silenced_filter_rings_nobody(self):
        self.conf['filters']['calm'] = {'match': '"ceasefire 4"'}
        daemon = self.daemon(self.conf).start()
        self.hook.wait(2)
        told = self.tocsin('silence', 'truce', '2h')
        self.assertEqual(told, 'truce: silent for 2h\n')
        self.assertEqual(self.status()['silenced'],
                         [{'filter': 'truce', 'for_s': 7200}])
        self.assertRegex(self.tocsin('status'),
                         r'(?m)^filter truce: silent for 2 h more$')
        daemon.kill()
        daemon.start()
        daemon.reload(self.conf)
        self.shown = 5
        self.hook.wait(3)
        self.assertEqual(self.titles()[2], 'Ceasefire 4')
        self.tocsin('silence', 'truce', '--off')
        self.assertEqual(self.status()['silenced'], [])
        self.shown = 6
        self.hook.wait(4)
        self.assertEqual(self.titles()[3], 'Ceasefire 5')
        self.assertIn("no filter 'turce'", self.tocsin(
            'silence', 'turce', '1h', status=1))
        self.assertIn('up to a year', self.tocsin(
            'silence', 'truce', '9999d', status=1))
        self.tocsin('silence', 'truce', '--off')
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(daemon.metrics()['items_muted_total'], 2)
        self.assert_dispositions(daemon)

    def test_reload_answers_whether_it_was_taken(self):
        daemon = self.daemon(self.conf).start()
        self.hook.wait(2)
        self.conf['feeds']['new'] = {'url': self.site.base + '/new', **NEVER}
        self.serve('/new', [item('n', 'Ceasefire at last', '-')])
        daemon.write(self.conf)
        self.assertIn('reloaded', self.tocsin('reload'))
        self.hook.wait(3)
        daemon.write('daemon: {state: state}\nfeeds: {}\nfilters: 3\n')
        told = self.tocsin('reload', status=1)
        self.assertIn('tocsin check says why', told)
        self.assertEqual(self.status()['feeds']['all'], 2)

    def test_poll_does_not_wait(self):
        self.conf['feeds']['wire']['every'] = '1d'
        self.daemon(self.conf).start()
        self.hook.wait(2)
        self.shown = 3
        wait_until(lambda: self.tocsin('poll', 'wire') and
                   len(self.hook.alerts) == 3, 20, 'the new alert')
        self.assertIn("no feed 'wrie'", self.tocsin('poll', 'wrie', status=1))

    def test_what_is_not_there_is_named(self):
        daemon = self.daemon(self.conf).start()
        told = self.tocsin('pause', 'dsek', status=1)
        self.assertIn("no destination 'dsek'; there are: ", told)
        self.assertIn('desk', told)
        self.assertIn('usage', self.tocsin('pause', status=2))
        self.assertIn('usage', self.tocsin('replay', '--to', 'desk',
                                           status=2))
        self.assertIn('--since', self.tocsin(
            'replay', '--to', 'desk', '--since', 'yore', status=2))
        self.assertEqual(daemon.stop(), 0)
        told = self.tocsin('status', status=3)
        self.assertRegex(told, r'cannot be reached: .*state/control.*--state')
        self.assertEqual(told.count('\n'), 1)

    def test_the_state_directory_is_found_or_given(self):
        self.daemon(self.conf).start()
        program = os.path.join(BUILD, 'tocsin')
        for words in (['--state', os.path.join(self.folder, 'state')],
                      ['-c', os.path.join(self.folder, 'tocsin.yaml')]):
            subprocess.run([program, 'status', *words], cwd=self.folder,
                           check=True, capture_output=True, timeout=60)
        done = subprocess.run([program, 'status', '-c', '/none.yaml'],
                              capture_output=True, text=True, timeout=60,
                              check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn('--state', done.stderr)


class Hostile(Control):
    def test_the_socket_is_not_for_everybody(self):
        daemon = self.daemon(self.conf).start()
        path = os.path.join(self.folder, 'state', 'control')
        mode = os.lstat(path).st_mode
        self.assertTrue(stat.S_ISSOCK(mode))
        self.assertEqual(stat.S_IMODE(mode), 0o660)
        self.assertEqual(daemon.stop(), 0)
        self.assertFalse(os.path.exists(path))

    def test_a_dead_daemons_socket_is_replaced(self):
        daemon = self.daemon(self.conf).start()
        daemon.kill()
        daemon.start()
        self.assertEqual(self.status()['feeds']['all'], 1)
        second = subprocess.run(
            [os.path.join(BUILD, 'tocsind'), '-c', 'tocsin.yaml'],
            cwd=self.folder, capture_output=True, text=True, timeout=60,
            check=False)
        self.assertEqual(second.returncode, 1)
        self.assertIn('another tocsind', second.stderr)
        self.assertEqual(self.status()['feeds']['all'], 1)
        self.assertEqual(daemon.stop(), 0)

    def test_garbage_is_answered_with_an_error(self):
        daemon = self.daemon(self.conf).start()
        for text in (b'\n', b'[]\n', b'{}\n', b'["status"\n', b'\xff\xfe\n',
                     b'["no such"]\n', b'["pause"]\n', b'[1]\n', b'\0\n',
                     b'["pause",null]\n', b'["status","x"]\n', b'"status"\n',
                     b'["poll",""]\n', b'["pause",""]\n',
                     b'["replay","desk","since","x"]\n',
                     b'["replay","desk","dead","x"]\n',
                     b'["replay","desk","ids"]\n',
                     b'["silence","truce","-1"]\n',
                     b'["silence","truce","9223372036854775807"]\n',
                     b'[' * 30000 + b'\n', b'GET / HTTP/1.1\r\n\r\n'):
            self.assertIn('error', json.loads(self.say(text)), text)
        self.assertIn('too long', self.say(b'x' * 1000000 + b'\n'))
        self.assertEqual(self.say(b''.join([b'["status"]\n'] * 9))[:11],
                         '{"ok":true,')
        self.assertEqual(daemon.stop(), 0)

    def test_a_crowd_of_silent_clients_stops_nobody(self):
        daemon = self.daemon(self.conf).start()
        crowd = [self.socket() for _ in range(200)]
        for n, s in enumerate(crowd):
            try:
                s.sendall(b'["sta' if n % 2 else b'[')
            except (BrokenPipeError, ConnectionResetError):
                pass
        self.assertEqual(self.status()['feeds']['all'], 1)
        self.shown = 4
        self.hook.wait(4)
        self.assertLess(
            len(os.listdir(f'/proc/{daemon.process.pid}/fd')), 80)
        self.assertEqual(daemon.stop(), 0)

    def test_who_leaves_before_the_answer_does_no_harm(self):
        self.shown = 150
        daemon = self.daemon(self.conf).start()
        self.hook.wait(150)
        self.wait_desk(waiting=0)
        s = self.socket()
        s.sendall(b'["replay","desk","since","0"]\n')
        s.close()
        self.hook.wait(300)
        self.assertEqual(self.status()['feeds']['all'], 1)
        self.assertEqual(daemon.stop(), 0)

    def test_a_daemon_that_is_late_is_waited_for(self):
        daemon = self.daemon(self.conf).start()
        daemon.process.send_signal(signal.SIGSTOP)
        try:
            asking = subprocess.Popen(
                [os.path.join(BUILD, 'tocsin'), 'status', '-c',
                 'tocsin.yaml'], cwd=self.folder, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True)
        finally:
            daemon.process.send_signal(signal.SIGCONT)
        self.assertIn('1 feed, ', asking.communicate(timeout=60)[0])
        self.assertEqual(daemon.stop(), 0)


if __name__ == '__main__':
    unittest.main()
