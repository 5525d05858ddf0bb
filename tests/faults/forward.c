/* tests/faults/forward.c: the program of an `exec` destination: hands the alert
 * on its standard input to the receiver at port $1, and ends as the answer
 * says: 0 for 2xx, 75 for another or none. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

static char text[1 << 20];

static size_t
read_all(int fd)
{
	size_t n = 0;
	ssize_t got;

	while (n < sizeof(text) - 1 &&
	    (got = read(fd, text + n, sizeof(text) - 1 - n)) > 0)
		n += (size_t)got;
	text[n] = '\0';
	return n;
}

static int
call(const char *port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)strtol(port, NULL, 10)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		exit(EX_TEMPFAIL);
	return fd;
}

int
main(int argc, char **argv)
{
	const char *id = getenv("TOCSIN_ALERT_ID");
	size_t n = read_all(STDIN_FILENO);
	static const char line[] = "HTTP/1.1 ";
	int fd;

	/* Whoever wrote it may be dead: an alert is a line. */
	if (argc != 2 || id == NULL || n == 0 || text[n - 1] != '\n')
		return EX_TEMPFAIL;
	fd = call(argv[1]);
	if (dprintf(fd,
		"POST /script HTTP/1.1\r\nuser-agent: forward\r\n"
		"webhook-id: %s\r\ncontent-length: %zu\r\n\r\n%s",
		id, n - 1, text) < 0 ||
	    shutdown(fd, SHUT_WR) != 0)
		return EX_TEMPFAIL;
	(void)read_all(fd);
	for (const char *p = text; (p = strstr(p, "HTTP/1.")) != NULL;) {
		long status = 0;

		if (strlen(p) > strlen(line))
			status = strtol(p + strlen(line), NULL, 10);
		if (status >= 200)
			return status <= 299 ? EX_OK : EX_TEMPFAIL;
		p++;
	}
	return EX_TEMPFAIL;
}
