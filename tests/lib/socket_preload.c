/*
 * socket_preload.c - a library whose read() opens a socket first: what code that an attachment took over
 * would do.
 *
 *   LD_PRELOAD=socket_preload.so liaison-extract < FILE
 *
 * The reader must be ended at its first read() (tests/scenario/extract.t).
 */
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

ssize_t
read(int fd, void *buffer, size_t size)
{
	int outside = socket(AF_INET, SOCK_STREAM, 0);

	if (outside >= 0)
		close(outside);
	return syscall(SYS_read, fd, buffer, size);
}
